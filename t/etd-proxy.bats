load lib

v1='PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\n'
v2='\r\n\r\n\0\r\nQUIT\n'
ends='\xc0\0\2\7\xc0\0\2\1\x12\x67\0\x19'	# the same addresses and ports in version 2

# shown: the program that says who its client is; and the same, which then says what it reads
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >shown <<-'END'
		#!/bin/sh
		echo "$PROTO $TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT"
	END
	{ cat shown; echo 'exec cat'; } >shown_read
	chmod +x shown shown_read
}

# nginx_balancer NAME SERVER: the same by nginx, which has version 1 only
nginx_balancer() {
	free_port "$1"
	cat >"$1.conf" <<-END
		load_module $top/t/peer/usr/lib/nginx/modules/ngx_stream_module.so;
		daemon off;
		master_process off;
		pid $1.nginx.pid;
		events { }
		stream { server {
			listen 127.0.0.1:$(port "$1");
			listen [::1]:$(port "$1");
			listen unix:$PWD/$1.socket;
			proxy_protocol on;
			proxy_pass 127.0.0.1:$(port "$2");
		} }
	END
	start "$1" "$top/t/peer/usr/sbin/nginx" -e stderr -p "$PWD" -c "$PWD/$1.conf"
	wait_for listens "$(port "$1")"
}

# names_clients NAME SERVER VERSION COMMAND: clients who come through the balancer NAME are named, and those
# who come through its socket are not, by this command
names_clients() {
	run -0 socat -u "TCP:127.0.0.1:$(port "$1"),bind=127.0.0.9" -
	[[ $output == "TCP 127.0.0.9 "[1-9]*" 127.0.0.1 $(port "$1")" ]]
	run -0 socat -u "TCP6:[::1]:$(port "$1")" -
	[[ $output == "TCP6 ::1 "[1-9]*" ::1 $(port "$1")" ]]
	run -0 socat -u "UNIX-CONNECT:$1.socket" -
	[[ $output == "TCP 127.0.0.1 "[1-9]*" 127.0.0.1 $(port "$2")" ]]
	has "$2.log" "^etd-proxy: proxy ip=127\.0\.0\.9 port=[1-9][0-9]* from=127\.0\.0\.1 version=$3 command=proxy$"
	has "$2.log" "^etd-proxy: proxy ip=::1 port=[1-9][0-9]* from=127\.0\.0\.1 version=$3 command=proxy$"
	has "$2.log" "^etd-proxy: proxy ip=127\.0\.0\.1 port=[1-9][0-9]* from=127\.0\.0\.1 version=$3 command=$4$"
}

@test "HAProxy's send-proxy and send-proxy-v2 name the client, IPv4 and IPv6, and not one of a UNIX-domain socket" {
	serve front etd-proxy -v ./shown
	balancer one front send-proxy
	names_clients one front 1 unknown
	serve second etd-proxy -v ./shown
	balancer two second send-proxy-v2
	names_clients two second 2 "\\(local\\|unknown\\)"
}

@test "HAProxy's TLVs are skipped" {
	serve front etd-proxy -v ./shown
	HAPROXY='unique-id-format %{+X}o-%ci:%cp' balancer ha front send-proxy-v2 proxy-v2-options crc32c,unique-id
	run -0 socat -u "TCP:127.0.0.1:$(port ha),bind=127.0.0.9" -
	[[ $output == 'TCP 127.0.0.9 '* ]]
	has front.log 'proxy ip=127\.0\.0\.9 .* version=2 command=proxy$'
}

@test "HAProxy's health check is LOCAL, is held like a client, and succeeds if it has time enough" {
	store mx
	serve front env ETD_DELAY=0.3 etd-proxy -v etd-delay -v mx/smtpd
	HAPROXY=$'option smtpchk HELO ha.example\n\toption log-health-checks\n\ttimeout check 20s' \
		balancer ha front check inter 500ms send-proxy-v2
	has ha.log 'Health check for server ha/front succeeded'
	has front.log 'etd-proxy: proxy ip=127\.0\.0\.1 port=[1-9][0-9]* from=127\.0\.0\.1 version=2 command=local$'
	has front.log 'etd-delay: pass ip=127\.0\.0\.1 '
	[ "$(count ha.log 'is DOWN')" -eq 0 ]
}

@test "nginx's proxy_protocol names the client, IPv4 and IPv6, and not one of a UNIX-domain socket" {
	serve front etd-proxy -v ./shown
	nginx_balancer ng front
	names_clients ng front 1 unknown
}

@test "etd-connect's send-proxy and send-proxy-v2 name the client" {
	serve front etd-proxy -v ./shown
	for options in send-proxy send-proxy-v2; do
		pool "front 127.0.0.1:$(port front) no-check $options"
		serve before env TCPREMOTEIP=2001:db8::7 TCPREMOTEPORT=4711 TCPLOCALIP=2001:db8::1 TCPLOCALPORT=25 \
			etd-connect backends.cdb
		run -0 listen before
		[ "$output" = 'TCP6 2001:db8::7 4711 2001:db8::1 25' ]
		stop before
	done
	has front.log 'version=1 command=proxy$'
	has front.log 'version=2 command=proxy$'
}

@test "the whole chain behind a balancer: the backend sees the client, and rules keep all others out" {
	postfix_server pf smtpd_upstream_proxy_protocol=haproxy smtpd_peername_lookup=no
	pool "pf 127.0.0.1:$(port pf) no-check send-proxy"
	printf '127.0.0.10:allow\n:deny\n' | tcprules balancers.cdb balancers.tmp
	free_port front
	start_server front tcpserver -1 -v -HRl0 -x balancers.cdb 127.0.0.1 "$(port front)" \
		env ETD_DELAY=0.2 etd-proxy -v etd-delay -v etd-connect -v backends.cdb
	balancer ha front send-proxy-v2 source 127.0.0.10
	send ha --local-interface 127.0.0.9 >swaks.out
	has pf.mail.log 'connect from unknown\[127\.0\.0\.9\]'
	has pf.mail.log 'status=sent'
	has front.log 'etd-proxy: proxy ip=127\.0\.0\.9 .* from=127\.0\.0\.10 '
	has front.log 'etd-delay: pass ip=127\.0\.0\.9 port=[1-9][0-9]* host="" class=nordns '
	has front.log 'etd-connect: end ip=127\.0\.0\.9 .* state=--'
	run --separate-stderr talk front < <(printf "$v1")	# it may be a reset
	[ -z "$output" ]
	has front.log 'tcpserver: deny '
}

@test "what comes right behind the header is the client's early talk, and is handed on where there is no hold" {
	serve front env ETD_DELAY=20 etd-proxy etd-delay cat
	run -0 talk front < <(printf "$v1"'EHLO spam.example\r\n')
	[[ $output == 554\ * ]]
	has front.log '^etd-delay: early ip=192\.0\.2\.7 port=4711 host="" class=nordns .* bytes=19 kind=smtp text="EHLO spam\.example\\r\\n"$'
	serve other env ETD_DELAY=0 etd-proxy etd-delay cat
	run -0 talk other < <(printf "$v1"'EHLO spam.example\r\n')
	[ "$output" = $'EHLO spam.example\r' ]
}

@test "not one byte is taken of what comes after the header, nor is one lost" {
	head -c 100000 /dev/urandom >body
	serve front etd-proxy cat
	for header in "$v1" "PROXY UNKNOWN\r\n" "$v2"'\x21\x11\0\x0c'"$ends" "$v2"'\x21\x11\0\x11'"$ends"'\4\0\2ab' "$v2"'\x20\0\0\0'; do
		{ printf "$header"; cat body; } >sent
		talk front <sent >got
		cmp body got
		etd-proxy cat < <(cat sent) >got
		cmp body got
	done
}

@test "a header in single bytes is taken, and waiting for the next one costs nothing" {
	export ETD_PROXY_TIMEOUT=60
	serve front strace -qq -e trace='?poll,?ppoll' -o trace etd-proxy ./shown_read
	for header in "$v1" "$v2"'\x21\x11\0\x0c'"$ends"; do
		printf "$header"'QUIT\r\n' >bytes
		rm -f trace
		run -0 talk front < <(for ((i = 0; i < $(stat -c %s bytes); i++)); do
			dd if=bytes bs=1 skip=$i count=1 status=none
			sleep 0.01
		done)
		[ "${lines[0]}" = 'TCP 192.0.2.7 4711 192.0.2.1 25' ]
		[ "${lines[1]}" = $'QUIT\r' ]
		[ "$(grep -c 'poll(' trace)" -le 45 ]	# its bytes
	done
	# The same on a pipe
	run -0 etd-proxy ./shown_read < <(printf 'PROXY TC'; sleep 0.1; printf 'P4 192.0.2.7 192.0.2.1 47'; sleep 0.1; printf '11 25\r'; sleep 0.1; printf '\nQUIT')
	[ "$output" = $'TCP 192.0.2.7 4711 192.0.2.1 25\nQUIT' ]
}

# refused REASON: what standard input has is refused by etd-proxy. Where that is not a whole header, it
# need not wait for more to say so: else the reason would be that standard input has ended.
refused() {
	ETD_PROXY_TIMEOUT=60 run -111 --separate-stderr etd-proxy ./shown
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	[[ $stderr == "etd-proxy: bad ip=unknown port=\"\" waited="[0-9.]*" bytes="[0-9]*" reason=\"$1\" text="* ]]
}

@test "version 1: what does not match the protocol exactly is bad" {
	while read -r reason; read -r line; do
		refused "$reason" < <(printf "$line")
	done <<-'END'
		not a PROXY header
		EHLO mail.example\r\n
		not a PROXY header
		PROXy TCP4
		neither TCP4, TCP6 nor UNKNOWN
		PROXY  TCP4 192.0.2.7
		neither TCP4, TCP6 nor UNKNOWN
		PROXY UDP4 192.0.2.7 192.0.2.1 4711 25\r\n
		neither TCP4, TCP6 nor UNKNOWN
		PROXY UNKNOWNS\r\n
		an address is invalid
		PROXY TCP4 2001:db8::7 2001:db8::1 4711 25\r\n
		an address is invalid
		PROXY TCP6 192.0.2.7 192.0.2.1 4711 25\r\n
		an address is invalid
		PROXY TCP4 192.0.2.07 192.0.2.1 4711 25\r\n
		an address is invalid
		PROXY TCP4 192.0.2.256 192.0.2.1 4711 25\r\n
		an address is invalid
		PROXY TCP4 192.0.2.7  192.0.2.1 4711 25\r\n
		an address is invalid
		PROXY TCP6 2001:db8::7:: ::1 4711 25\r\n
		a port is invalid
		PROXY TCP4 192.0.2.7 192.0.2.1 65536 25\r\n
		a port is invalid
		PROXY TCP4 192.0.2.7 192.0.2.1 4711 025\r\n
		a port is invalid
		PROXY TCP4 192.0.2.7 192.0.2.1 -1 25\r\n
		a port is invalid
		PROXY TCP4 192.0.2.7 192.0.2.1 4711 123456
		no space after a field
		PROXY TCP4 192.0.2.7\t192.0.2.1 4711 25\r\n
		no CR LF after the ports
		PROXY TCP4 192.0.2.7 192.0.2.1 4711 25 \r\n
		no CR LF after the ports
		PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\n
		a CR without LF
		PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r \n
		a CR without LF
		PROXY UNKNOWN\r \r\n
		an LF without CR
		PROXY UNKNOWN ab\n
	END
}

@test "version 1: a line of 107 bytes is taken, and a longer one is bad, even if it never ends" {
	for line in "$(printf 'UNKNOWN %091d' 0)" 'TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535'; do
		run -0 etd-proxy -v true < <(printf 'PROXY %s\r\n' "$line")
		[[ $output == *' version=1 command='* ]]
	done
	refused 'the line is longer than 107 bytes' < <(printf 'PROXY UNKNOWN %092d\r\n' 0)
	refused 'the line is longer than 107 bytes' < <(printf 'PROXY UNKNOWN '; yes | tr -d '\n')
	mapped=0000:0000:0000:0000:0000:ffff:192.000.002.007
	refused 'an address is invalid' < <(printf 'PROXY TCP6 %s %s 65535 65535\r\n' $mapped $mapped)
	mapped=0000:0000:0000:0000:0000:ffff:192.168.100.101
	refused 'the line is longer than 107 bytes' < <(printf 'PROXY TCP6 %s %s 65535 65535\r\n' $mapped $mapped)
}

@test "version 2: what does not match the protocol exactly is bad" {
	while read -r reason; read -r header; do
		refused "$reason" < <(printf "$v2$header")
	done <<-'END'
		neither version 1 nor 2
		\x11
		neither LOCAL nor PROXY
		\x22
		unknown family or protocol
		\x21\x41
		unknown family or protocol
		\x21\x13
		the header is too short for its addresses
		\x21\x11\x00\x0b
		the header is too short for its addresses
		\x21\x21\x00\x23
	END
	refused 'not a PROXY header' < <(printf '\r\n\r\nQUIT\r\n')
}

# tlvs N: a header of version 2 with addresses that has N bytes in all, in TLVs as of a certificate
tlvs() { perl -e 'print "\r\n\r\n\0\r\nQUIT\n\x21\x11", pack("n", $ARGV[0] - 16), "\xc0\0\2\7\xc0\0\2\1\x12\x67\0\x19", "\x28" x ($ARGV[0] - 28)' "$1"; }

# slowly BYTES SECONDS: standard input in pieces of so many bytes, each after so many seconds
slowly() { perl -e '$| = 1; while (sysread(STDIN, $_, $ARGV[0])) { select undef, undef, undef, $ARGV[1]; print }' "$1" "$2"; }

@test "version 2: TLVs of any length are skipped, as those with a certificate are: not one byte too many, nor too few" {
	serve front etd-proxy -v ./shown_read
	head -c 100000 /dev/urandom >body
	for length in 28 106 107 108 536 537 4123 4124 8000 65551; do
		{ tlvs $length; cat body; } >sent
		{ echo 'TCP 192.0.2.7 4711 192.0.2.1 25'; cat body; } >wanted
		talk front <sent >got
		cmp wanted got
		etd-proxy ./shown_read < <(cat sent) >got
		cmp wanted got
		etd-proxy ./shown_read < <(slowly 4000 0 <sent) >got
		cmp wanted got
	done
	has_lines front.log ' command=proxy$' 10
	# Of LOCAL and of no family
	for command in '\x20\x00' '\x20\x11' '\x21\x00'; do
		run -0 talk front < <(printf "$v2$command"'\xff\xff'; head -c 65535 /dev/zero; printf 'QUIT')
		[[ $output == 'TCP 127.0.0.1 '*$'\nQUIT' ]]
	done
}

@test "version 2: a long header in single bytes is taken, and waiting for the next one costs nothing" {
	serve front strace -qq -e trace='?poll,?ppoll,?read,?recvfrom' -o trace etd-proxy ./shown_read
	run -0 talk front < <(tlvs 1000 | slowly 1 0.001; printf 'QUIT')
	[ "$output" = $'TCP 192.0.2.7 4711 192.0.2.1 25\nQUIT' ]
	[ "$(grep -c 'poll(' trace)" -le 1001 ]
}

@test "version 2: a TLV that ends behind the header ends with it" {
	run -0 etd-proxy ./shown_read < <(printf "$v2"'\x21\x11\0\x0f'"$ends"'\x28\xff\xffQUIT')
	[ "$output" = $'TCP 192.0.2.7 4711 192.0.2.1 25\nQUIT' ]
	run -0 etd-proxy ./shown_read < <(printf "$v2"'\x21\x11\0\x0d'"$ends"'\x03QUIT')
	[ "$output" = $'TCP 192.0.2.7 4711 192.0.2.1 25\nQUIT' ]
}

@test "version 2: the time for a long header is the time for all of it, and an end within it is told" {
	serve front env ETD_PROXY_TIMEOUT=0.5 etd-proxy ./shown
	# Socat would go on to send for a while.
	run -0 timeout 20 perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(shift); binmode STDIN; local $/; $_ = <STDIN>;
		$SIG{PIPE} = "IGNORE"; vec($r, fileno $s, 1) = 1;
		for (unpack "(a100)*") { syswrite $s, $_; last if select $t = $r, undef, undef, 0.05 } print <$s>' "127.0.0.1:$(port front)" < <(tlvs 65551)
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has front.log 'bad ip=127\.0\.0\.1 .* waited=0\.[5-9][0-9]* bytes=[1-9][0-9]*00 reason="the header was not complete in time" text="\\r\\n\\r\\n'
	run -0 talk front < <(tlvs 65551 | head -c 30000)
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has front.log 'bytes=30000 reason="closed before the header was complete" text='
}

@test "LOCAL and UNKNOWN change nothing; nor do AF_UNIX, UDP and no family" {
	balanced="env -i PATH=$PATH PROTO=TCP TCPREMOTEIP=192.0.2.10 TCPREMOTEPORT=1 TCPREMOTEHOST=balancer.example
		TCPLOCALIP=192.0.2.1 TCPLOCALPORT=25 TCPREMOTEINFO=joe TCPLOCALHOST=mx.example"
	# changes_nothing COMMAND: what standard input says
	changes_nothing() {
		$balanced etd-proxy -v env >after 2>log
		diff <($balanced env) after
		grep -q "^etd-proxy: proxy ip=192\.0\.2\.10 port=1 from=192\.0\.2\.10 version=[12] command=$1$" log
	}
	printf 'PROXY UNKNOWN\r\n' | changes_nothing unknown
	printf 'PROXY UNKNOWN ::1 ::2 1 2\r\n' | changes_nothing unknown
	printf 'PROXY UNKNOWN \0 what ever\r\n' | changes_nothing unknown
	printf "$v2"'\x20\0\0\0' | changes_nothing local
	printf "$v2"'\x20\x11\0\x0c'"$ends" | changes_nothing local
	printf "$v2"'\x20\xff\0\1x' | changes_nothing local
	printf "$v2"'\x21\0\0\0' | changes_nothing unknown
	printf "$v2"'\x21\x12\0\x0c'"$ends" | changes_nothing unknown
	{ printf "$v2"'\x21\x31\0\xd8/client'; head -c 209 /dev/zero; } | changes_nothing unknown
}

@test "the client's variables are as if there were no balancer" {
	export PROTO=TCP6 TCPREMOTEIP=2001:db8::10 TCPREMOTEHOST=balancer.example TCPREMOTEINFO=joe TCPLOCALHOST=mx.example TCP6INTERFACE=eth0 \
		TCP6REMOTEIP=2001:db8::10 TCP6REMOTEHOST=balancer.example
	run -0 etd-proxy env < <(printf "$v1")
	diff - <(echo "$output" | grep -E '^(PROTO|TCP)' | sort) <<-'END'
		PROTO=TCP
		TCPLOCALIP=192.0.2.1
		TCPLOCALPORT=25
		TCPREMOTEIP=192.0.2.7
		TCPREMOTEPORT=4711
	END
	PROTO=TCP run -0 etd-proxy env < <(printf 'PROXY TCP6 2001:DB8:0::7 2001:db8::1 4711 0\r\n')
	diff - <(echo "$output" | grep -E '^(PROTO|TCP)' | sort) <<-'END'
		PROTO=TCP6
		TCP6LOCALIP=2001:db8::1
		TCP6LOCALPORT=0
		TCP6REMOTEIP=2001:db8::7
		TCP6REMOTEPORT=4711
		TCPLOCALIP=2001:db8::1
		TCPLOCALPORT=0
		TCPREMOTEIP=2001:db8::7
		TCPREMOTEPORT=4711
	END
	run -0 etd-proxy ./shown < <(printf 'PROXY TCP6 ::ffff:192.0.2.7 ::ffff:192.0.2.1 4711 25\r\n')
	[ "$output" = 'TCP 192.0.2.7 4711 192.0.2.1 25' ]
}

@test "after another server than one for TCP, both its names and TCP's are set" {
	PROTO=SSL SSLREMOTEIP=192.0.2.10 SSLREMOTEHOST=balancer.example run -0 --separate-stderr etd-proxy -v env < <(printf "$v1")
	diff - <(echo "$output" | grep -E '^(PROTO|TCP|SSL[LR])' | sort) <<-'END'
		PROTO=SSL
		SSLLOCALIP=192.0.2.1
		SSLLOCALPORT=25
		SSLREMOTEIP=192.0.2.7
		SSLREMOTEPORT=4711
		TCPLOCALIP=192.0.2.1
		TCPLOCALPORT=25
		TCPREMOTEIP=192.0.2.7
		TCPREMOTEPORT=4711
	END
	[ "$stderr" = 'etd-proxy: proxy ip=192.0.2.7 port=4711 from=192.0.2.10 version=1 command=proxy' ]
}

# named: the header is taken, and one that is none refused, on front.port
named() {
	wait_for listens "$(port front)"
	run -0 talk front < <(printf "$v1"'QUIT\r\n')
	[ "$output" = $'TCP 192.0.2.7 4711 192.0.2.1 25\nQUIT\r' ]
	has front.log 'etd-proxy: proxy ip=192\.0\.2\.7 port=4711 from=127\.0\.0\.1 version=1 command=proxy$'
	run -0 talk front <<<'EHLO client.example'
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has front.log 'etd-proxy: bad ip=127\.0\.0\.1 port=[1-9][0-9]* .* bytes=20 reason="not a PROXY header" text="EHLO client\.example\\n"$'
}

@test "under tcpserver" {
	serve front etd-proxy -v ./shown_read
	named
}

@test "under tcpserver of ucspi-tcp-ipv6" {
	PATH=$top/t/peer/usr/bin:$PATH
	serve front etd-proxy -v ./shown_read
	named
}

@test "under tcpsvd" {
	free_port front
	start front tcpsvd -vhl localhost 127.0.0.1 "$(port front)" etd-proxy -v ./shown_read
	named
}

@test "under systemd, which sets REMOTE_ADDR and REMOTE_PORT" {
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" --accept --inetd -E PATH="$PATH" etd-proxy -v ./shown_read
	named
}

@test "under a server that sets no variables, as inetd" {
	serve front env -i PATH="$PATH" etd-proxy -v ./shown_read
	named
}

@test "on a socket of the UNIX domain" {
	start front socat -t 20 UNIX-LISTEN:socket 'EXEC:etd-proxy -v ./shown_read'
	wait_for test -S socket
	run -0 socat -t 20 - UNIX-CONNECT:socket < <(printf "$v1"'QUIT')
	[ "$output" = $'TCP 192.0.2.7 4711 192.0.2.1 25\nQUIT' ]
	has front.log 'etd-proxy: proxy ip=192\.0\.2\.7 port=4711 from=unknown version=1 command=proxy$'
}

@test "a header that does not come whole in time is refused" {
	serve front env ETD_PROXY_TIMEOUT=0.3 etd-proxy ./shown
	for start in '' 'PROXY TCP4 192.0.2.7 192.0.2.1 47' "$v2"'\x21\x11\0\x0c'; do
		exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
		printf "$start" >&5
		read -r line <&5
		exec 5>&-
		[ "$line" = $'421 4.3.0 Service not available, try again later\r' ]
	done
	# The balancers that send it with the client's first bytes alone have a manual page.
	has front.log 'bad ip=127\.0\.0\.1 .* waited=0\.[3-9][0-9]* bytes=0 reason="no header in time: does the balancer wait for the client to talk first?" text=""$'
	has front.log 'bytes=33 reason="the header was not complete in time" text="PROXY TCP4 192\.0\.2\.7 192\.0\.2\.1 47"$'
	has front.log 'bytes=16 reason="the header was not complete in time" '
	has_lines front.log 'end [0-9]* status 28416$' 3
}

@test "who closes before the header is whole is refused; who says nothing at all is logged with -v only" {
	serve front etd-proxy ./shown
	run -0 talk front < <(printf 'PROXY TCP4 ')
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has front.log 'bad .* bytes=11 reason="closed before the header was complete" text="PROXY TCP4 "$'
	run -0 talk front </dev/null
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has_lines front.log 'end [0-9]* status 28416$' 2
	[ "$(count front.log 'etd-proxy: bad')" -eq 1 ]
	serve verbose etd-proxy -v ./shown
	talk verbose </dev/null
	has verbose.log 'bad .* bytes=0 reason="closed before the header was complete" text=""$'
}

@test "a reset is no header" {
	serve front etd-proxy -v ./shown
	perl -MSocket -e 'socket(my $s, AF_INET, SOCK_STREAM, 0); connect($s, sockaddr_in('"$(port front)"', inet_aton("127.0.0.1"))) or die;
		syswrite($s, "PROXY TCP4 "); setsockopt($s, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)); close($s)'
	has front.log 'bad .* reason="unable to read the header: Connection reset by peer" text='
	has front.log 'end [0-9]* status 28416$'
}

@test "a bad ETD_PROXY_TIMEOUT, a missing program and one that cannot be run are fatal, and the client is told 421" {
	for value in 0 61 5s -1 ''; do
		ETD_PROXY_TIMEOUT=$value run -100 --separate-stderr etd-proxy true < <(printf "$v1")
		[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
		[ "$stderr" = "etd-proxy: fatal: ETD_PROXY_TIMEOUT=$value: not a number of seconds above 0 up to 60" ]
	done
	ETD_PROXY_TIMEOUT=60 run -0 etd-proxy true < <(printf "$v1")
	run -100 --separate-stderr etd-proxy </dev/null
	[ "$stderr" = 'etd-proxy: usage: etd-proxy [ -cqQv ] program [ arg ... ]' ]
	run -111 --separate-stderr etd-proxy ./missing < <(printf "$v1")
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	[ "$stderr" = 'etd-proxy: fatal: unable to run ./missing: No such file or directory' ]
}

@test "-q logs nothing but what is fatal" {
	run -111 --separate-stderr etd-proxy -q true <<<'EHLO client.example'
	[ -z "$stderr" ]
}

@test "nothing inherited is left changed for the next program" {
	# state: its signals, and the flags of its descriptors
	printf '#!/bin/sh\ngrep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status; cat /proc/self/fdinfo/[012] | grep flags; ulimit -a; umask\n' >state
	chmod +x state
	trap '' USR1
	for start in './state' 'etd-proxy ./state'; do
		perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_NONBLOCK) or die; exec @ARGV' $start < <(printf "$v1") >"${start%% *}.out" 2>/dev/null
	done
	grep -q 'flags:.*4000' ./state.out
	diff ./state.out etd-proxy.out
}
