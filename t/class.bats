load lib

# class_of HOST: what the next program is told of a client of that name
class_of() {
	ETD_DELAY=0 TCPREMOTEHOST=$1 etd-delay sh -c 'echo "$ETD_CLASS"' </dev/null
}

@test "a client without a name is nordns, whether TCPREMOTEHOST is empty or unset" {
	[ "$(class_of '')" = nordns ]
	[ "$(ETD_DELAY=0 etd-delay sh -c 'echo "$ETD_CLASS"' </dev/null)" = nordns ]
}

@test "PROTO gives the first letters of the name's variable" {
	[ "$(ETD_DELAY=0 PROTO=SSL SSLREMOTEHOST=dsl.example.net etd-delay sh -c 'echo "$ETD_CLASS"' </dev/null)" = dynamic ]
}

@test "an ETD_DYNAMIC that does not compile is bad configuration, in regerror's words, only where it is needed" {
	serve front env ETD_DYNAMIC='(dsl' TCPREMOTEHOST=mail.example.org etd-delay true
	run -0 listen front
	[[ $output == 421\ 4.3.0\ * ]]
	has front.log '^etd-delay: fatal: ETD_DYNAMIC=(dsl: [A-Z]'
	has front.log 'end [0-9]* status 25600$'
	ETD_DYNAMIC='(dsl' run -0 class_of ''
	[ "$output" = nordns ]
}

@test "the manual's rules exempt relay clients and good names, and lengthen the hold for others" {
	manual_example etd-delay.8 'RELAYCLIENT=""' >rules
	[ "$(wc -l <rules)" -ge 8 ]
	tcprules rules.cdb rules.tmp <rules
	rule() { env "$@" tcprulescheck rules.cdb "${1#*=}" 2>&1; }
	[[ $(rule TCPREMOTEIP=192.0.2.9) == *'RELAYCLIENT'*'allow connection' ]]
	[[ $(rule TCPREMOTEIP=198.51.100.7) == *'ETD_DELAY=0'*'allow connection' ]]
	[[ $(rule TCPREMOTEIP=198.51.100.8) == *'ETD_DELAY=20'* ]]
	[[ $(rule TCPREMOTEIP=203.0.113.5 TCPREMOTEHOST=any.example) == *'ETD_DELAY=2'* ]]
	[[ $(rule TCPREMOTEIP=198.51.100.8 TCPREMOTEHOST=mail.example.org) == *'ETD_DELAY=0'* ]]
	[[ $(rule TCPREMOTEIP=198.51.100.8 TCPREMOTEHOST=a.lists.example.net) == *'ETD_DELAY=0'* ]]
	[[ $(rule TCPREMOTEIP=198.51.100.8 TCPREMOTEHOST=other.example) != *ETD_DELAY* ]]

	# And in a server, for two networks that are here.
	sed 's/^127\./127.0.0.1/; s/^203\.0\.113\./127.0.0.2/; s/"2"/"0.2"/' rules | tcprules rules.cdb rules.tmp
	start_server front tcpserver -1 -v -RHl0 -x rules.cdb 127.0.0.1 0 etd-delay sh -c 'echo "$ETD_RESULT $ETD_WAITED"'
	run -0 listen front
	[ "$output" = 'exempt 0.000' ]
	run -0 socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	[[ $output == 'pass '[0-9].* ]]
}
