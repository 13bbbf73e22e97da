load lib

# class_of HOST: what the next program is told of a client of that name
class_of() {
	ETD_DELAY=0 TCPREMOTEHOST=$1 etd-delay sh -c 'echo "$ETD_CLASS"' </dev/null
}


@test "the built-in pattern knows end-user names, and no mail server's" {
	[ "$(grep -c '^dynamic' "$BATS_TEST_DIRNAME/hosts")" -ge 40 ]
	[ "$(grep -c '^named' "$BATS_TEST_DIRNAME/hosts")" -ge 50 ]
	grep -v '^#' "$BATS_TEST_DIRNAME/hosts" | grep . >wanted
	while read -r _ host; do printf '%s\t%s\n' "$(class_of "$host")" "$host"; done <wanted >found
	diff wanted found
}

@test "a client without a name is nordns, whether TCPREMOTEHOST is empty or unset" {
	[ "$(class_of '')" = nordns ]
	[ "$(ETD_DELAY=0 etd-delay sh -c 'echo "$ETD_CLASS"' </dev/null)" = nordns ]
}

@test "PROTO gives the first letters of the name's variable" {
	[ "$(ETD_DELAY=0 PROTO=SSL SSLREMOTEHOST=dsl.example.net etd-delay sh -c 'echo "$ETD_CLASS"' </dev/null)" = dynamic ]
}

@test "each class has its own hold, and ETD_DELAY is that of all that have none" {
	held() {	# HOST VARIABLE=VALUE ...
		local host=$1
		shift
		rm -f front.log
		serve front env TCPREMOTEHOST="$host" "$@" etd-delay sh -c 'echo "$ETD_CLASS $ETD_WAITED"'
		listen front
	}
	[[ $(held mail.example.org ETD_DELAY=0.3 ETD_DELAY_DYNAMIC=20 ETD_DELAY_NORDNS=20) == 'named '[0-9].* ]]
	[[ $(held dsl.example.org ETD_DELAY=20 ETD_DELAY_DYNAMIC=0.3 ETD_DELAY_NORDNS=20) == 'dynamic '[0-9].* ]]
	[[ $(held '' ETD_DELAY=20 ETD_DELAY_DYNAMIC=20 ETD_DELAY_NORDNS=0.3) == 'nordns '[0-9].* ]]
	[[ $(held dsl.example.org ETD_DELAY=0.3) == 'dynamic '[0-9].* ]]
	[[ $(held '' ETD_DELAY=0.3) == 'nordns '[0-9].* ]]
	[[ $(held dsl.example.org ETD_DELAY=0.3 ETD_DELAY_DYNAMIC=) == 'dynamic '[0-9].* ]]
	[[ $(held '' ETD_DELAY=0 ETD_DELAY_NORDNS=) == 'nordns 0.000' ]]
	# 0 exempts one class alone.
	[[ $(held mail.example.org ETD_DELAY=0 ETD_DELAY_NORDNS=20) == 'named 0.000' ]]
}

@test "ETD_DYNAMIC is an extended regular expression without case; empty, it matches nothing" {
	export ETD_DYNAMIC='^(a|b)[0-9]{2}\.'
	[ "$(class_of B12.example.net)" = dynamic ]
	[ "$(class_of b123.example.net)" = named ]
	[ "$(class_of dsl.example.net)" = named ]
	ETD_DYNAMIC= run -0 class_of dsl.example.net
	[ "$output" = named ]
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
