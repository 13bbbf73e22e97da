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
	has front.log '^etd-server: warning: 127\.0\.0\.1: PROXY header: no header in time: does the balancer wait for the client to talk first?$'
	[ "$( (printf 'PROXY TCP4 192.0'; wait_for grep -q 'it was not' front.log) | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front)")" = "$later" ]
	has front.log '^etd-server: warning: 127\.0\.0\.1: PROXY header: it was not complete in time$'
	[ -z "$(talk front </dev/null)" ]
	has front.log '^etd-server: hangup ip=127\.0\.0\.1 '
}

# v2 N COMMAND: a header of version 2 of N bytes in all, with this byte as command, and addresses
v2() { perl -e 'print "\r\n\r\n\0\r\nQUIT\n", chr hex $ARGV[1], "\x11", pack("n", $ARGV[0] - 16), "\xc0\0\2\7\xc0\0\2\1\x12\x67\0\x19", "\x28" x ($ARGV[0] - 28)' "$1" "$2"; }

# sends SIZE SECONDS: to front, standard input in pieces of this size, each sent by itself and after so many seconds; what
# it answers. It ends as soon as there is an answer.
sends() {
	timeout 60 perl -MIO::Socket::INET -MSocket=:all -e '
		$s = IO::Socket::INET->new(shift); setsockopt $s, IPPROTO_TCP, TCP_NODELAY, 1; $SIG{PIPE} = "IGNORE"; vec($r, fileno $s, 1) = 1;
		while (sysread STDIN, $_, $ARGV[0]) { select $t = $r, undef, undef, $ARGV[1] and last; syswrite $s, $_ } print <$s>' "127.0.0.1:$(port front)" "$1" "$2"
}

@test "a header with TLVs of any length is one, as one with a certificate is, and the program gets what comes behind it" {
	front ETD_PROXY_FROM=127.0.0.1 ETD_DELAY=0 etd-server -1Hl front.example 127.0.0.1 0 sh -c "$shows; cat"
	head -c 100000 /dev/urandom >body
	{ echo 'exempt TCP 192.0.2.7 4711 192.0.2.1 25 unset front.example'; cat body; } >wanted
	for length in 28 107 108 537 4096 65551; do
		{ v2 $length 21; cat body; } | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front)" >got
		cmp wanted got
	done
	# Of the load balancer's own check
	run -0 timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front)" < <(v2 65551 20; printf 'EHLO')
	[[ $output == 'exempt TCP 127.0.0.1 '*$' front.example\nEHLO' ]]
	# The lengths within it are not looked at.
	run -0 say '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0f\xc0\0\2\7\xc0\0\2\1\x12\x67\0\x19\x28\xff\xffEHLO\r\n'
	[ "${lines[1]}" = $'EHLO\r' ]
}

@test "a long header costs its length, in whatever pieces it comes, and an early talker behind it is one" {
	front ETD_PROXY_FROM=127.0.0.1 ETD_DELAY=20 strace -f -qq -e trace=recvfrom -o trace etd-server -1H 127.0.0.1 0 true
	for pieces in '1 0.0005 2000' '37 0.0005 30000' '65000 0.1 65551'; do
		read -r size pause length <<<"$pieces"
		run -0 sends "$size" "$pause" < <(v2 "$length" 21; printf 'EHLO x\r\n')
		[ "$output" = "$refused" ]
	done
	has_lines front.log '^etd-server: early ip=192\.0\.2\.7 port=4711 .* bytes=[1-8] kind=[a-z]* text="\?E' 3
	# Each byte is read once, but those before it is known who the client is, and early talk.
	awk '$NF > 0 { n += $NF } END { exit n >= 97551 && n < 100000 ? 0 : 1 }' trace
}

@test "the time for a long header is the time for all of it, and an end within it is told of" {
	front ETD_PROXY_FROM=127.0.0.1 ETD_PROXY_TIMEOUT=0.5 etd-server -1H 127.0.0.1 0 true
	began=$EPOCHREALTIME
	[ "$(v2 65551 21 | sends 100 0.05)" = "$later" ]
	[ "$(ms_since "$began")" -lt 5000 ]
	has front.log '^etd-server: warning: 127\.0\.0\.1: PROXY header: it was not complete in time$'
	for command in 20 21; do
		[ "$(v2 65551 $command | head -c 30000 | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front)")" = "$later" ]
	done
	has_lines front.log '^etd-server: warning: 127\.0\.0\.1: PROXY header: the connection ends within it$' 2
}

@test "an ETD_PROXY_FROM that names no address or network is bad configuration" {
	for value in 10.0.0.0/33 10.0.0.1/8 all '10.0.0.1,10.0.0.2' ::1/129; do
		ETD_PROXY_FROM="127.0.0.1 $value" run -100 etd-server -1H 127.0.0.1 0 true
		[ "$output" = "etd-server: fatal: ETD_PROXY_FROM=$value: not addresses and networks" ]
	done
}
