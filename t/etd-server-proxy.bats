load lib

# etd-server behind load balancers (ETD_PROXY_FROM).

front() {	# [ VARIABLE=VALUE ... ] etd-server ...
	rm -f front.log
	start_server front env "$@"
}
refused=$'554 5.5.1 Refused: you talked before the greeting\r'
later=$'421 4.3.0 Service not available, try again later\r'
shows='echo "$ETD_RESULT $PROTO $TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT ${TCPREMOTEHOST-unset} ${TCPLOCALHOST-unset}"'

# say FORMAT ...: to front; what it answers
say() { printf "$@" | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front)"; }

@test "the client of a real HAProxy is held, judged and shown to the program as itself" {
	front ETD_PROXY_FROM='192.0.2.1 127.0.0.0/8' ETD_DELAY=0.5 etd-server -v -1Hl front.example 127.0.0.1 0 sh -c "$shows"
	for version in send-proxy send-proxy-v2; do
		balancer "$version" front "$version"
		run -0 socat -u "TCP:127.0.0.1:$(port $version),bind=127.0.0.9" -
		[[ $output == 'pass TCP 127.0.0.9 '*" 127.0.0.1 $(port $version) unset front.example" ]]
		run -0 socat -u "TCP6:[::1]:$(port $version)" -
		[[ $output == 'pass TCP6 ::1 '*" ::1 $(port $version) unset front.example" ]]
		run -0 socat -t 20 - "TCP:127.0.0.1:$(port $version),bind=127.0.0.9" <<<'EHLO spam.example'
		[ "$output" = "$refused" ]
	done
	has_lines front.log '^etd-server: early ip=127\.0\.0\.9 port=[0-9]* host="" class=nordns waited=0\.[0-9]* bytes=18 kind=smtp ' 2
	has_lines front.log '^etd-server: pass ip=::1 ' 2
}

@test "rules and limits are the client's, not the balancer's" {
	printf '%s\n' '192.0.2.7:allow,RELAYCLIENT=""' '192.0.2.8:deny' '127.:allow,ETD_DELAY="0",WHO="balancer"' ':allow' |
		tcprules rules.cdb rules.tmp
	front ETD_PROXY_FROM=127.0.0.1 ETD_PER_CLIENT=1 ETD_DELAY=0.2 etd-server -v -x rules.cdb -1H 127.0.0.1 0 \
		sh -c 'echo "$ETD_RESULT ${WHO-nobody}"'
	[ "$(say 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\nEHLO own.example\r\n')" = 'exempt nobody' ]
	[ -z "$(say 'PROXY TCP4 192.0.2.8 192.0.2.1 4711 25\r\n')" ]
	has front.log '^etd-server: deny [0-9]* :192\.0\.2\.1:25 :192\.0\.2\.8::4711$'
	# A load balancer's own check is exempt, under its own address.
	[ "$(say 'PROXY UNKNOWN\r\nEHLO check\r\n')" = 'exempt balancer' ]
	[ "$(say '\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00EHLO check\r\n')" = 'exempt balancer' ]
}

@test "who is no load balancer is not believed" {
	front ETD_PROXY_FROM=127.0.0.2 ETD_DELAY=20 etd-server -1H 127.0.0.1 0 true
	run -0 say 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\n'
	[ "$output" = "$refused" ]
	has front.log '^etd-server: early ip=127\.0\.0\.1 .* kind=proxy '
}

@test "a header in single bytes is one, and what comes right behind it is early talk" {
	front ETD_PROXY_FROM=127.0.0.1 ETD_DELAY=20 etd-server -1H 127.0.0.1 0 true
	run -0 perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(shift); $s->autoflush(1);
		for (split //, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\nEHLO x\r\n") { print $s $_; select undef, undef, undef, 0.005 }
		print <$s>' "127.0.0.1:$(port front)"
	[ "$output" = "$refused" ]
	has front.log '^etd-server: early ip=192\.0\.2\.7 port=4711 .* text="\?E'
	run -0 say 'PROXY TCP4 192.0.2.8 192.0.2.1 4711 25\r\nEHLO y\r\n'
	[ "$output" = "$refused" ]
	has front.log '^etd-server: early ip=192\.0\.2\.8 port=4711 .* bytes=8 kind=smtp text="EHLO y\\r\\n"'
}

@test "what comes behind the header of an exempt client is the program's, whole" {
	front ETD_PROXY_FROM=127.0.0.1 ETD_DELAY=0 etd-server -1H 127.0.0.1 0 cat
	run -0 say '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x13\xc0\0\2\7\xc0\0\2\1\x12\x67\0\x19\x04\0\4\0\0\0\0EHLO\r\n'
	[ "$output" = $'EHLO\r' ]
}

@test "a header that is bad, ends, or does not come costs a 421 and a line" {
	front ETD_PROXY_FROM=127.0.0.1 ETD_PROXY_TIMEOUT=0.5 etd-server -v -1H 127.0.0.1 0 true
	[ "$(say 'EHLO x\r\n')" = "$later" ]
	has front.log '^etd-server: warning: 127\.0\.0\.1: PROXY header: '
	[ "$(say 'PROXY TCP4 192.0.2.300 192.0.2.1 4711 25\r\n')" = "$later" ]
	[ "$(say 'PROXY TCP4 192.0')" = "$later" ]
	has_lines front.log 'warning: 127\.0\.0\.1: PROXY header: ' 3
	[ "$(listen front)" = "$later" ]
	has front.log '^etd-server: warning: 127\.0\.0\.1: PROXY header: it was not complete in time$'
	[ -z "$(talk front </dev/null)" ]
	has front.log '^etd-server: hangup ip=127\.0\.0\.1 '
}

@test "an ETD_PROXY_FROM that names no address or network is bad configuration" {
	for value in 10.0.0.0/33 10.0.0.1/8 all '10.0.0.1,10.0.0.2' ::1/129; do
		ETD_PROXY_FROM="127.0.0.1 $value" run -100 etd-server -1H 127.0.0.1 0 true
		[ "$output" = "etd-server: fatal: ETD_PROXY_FROM=$value: not addresses and networks" ]
	done
}
