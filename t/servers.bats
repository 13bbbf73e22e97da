load lib

# Each server starts ./front, with its connection on descriptors 0 and 1; the verdicts must
# be the same, and so the client's address in the log, from variables or from the socket.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	printf '#!/bin/sh\nETD_DELAY=2 exec etd-delay -v echo 220\n' >front
	chmod +x front
}

# verdicts FIELDS: of a silent client, an early one, and one that hangs up
verdicts() {
	wait_for listens "$(port front)"
	wait_for grep -q hangup front.log	# listens' own connection
	run -0 listen front
	[ "$output" = 220 ]
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	run -0 talk front </dev/null
	[ -z "$output" ]
	has front.log "etd-delay: pass $1 .* waited=2\."
	has front.log "etd-delay: early $1 .* bytes=18 kind=smtp text=\"EHLO spam\.example\\\\n\"$"
	has_lines front.log "etd-delay: hangup $1 " 2
}
known='ip=127\.0\.0\.1 port=[1-9][0-9]* host=""'

@test "under tcpserver" {
	serve front ./front
	verdicts "$known"
}

@test "under tcpserver of ucspi-tcp-ipv6, where v4-mapped addresses are shown as v4" {
	PATH=$top/t/peer/usr/bin:$PATH
	serve front ./front
	verdicts "$known"
	start_server six tcpserver -1 -v -RHl0 ::1 "$(port front)" ./front
	run -0 socat -u "TCP6:[::1]:$(port front)" -
	[ "$output" = 220 ]
	has six.log 'etd-delay: pass ip=::1 port=[1-9]'
}

@test "under tcpsvd" {
	free_port front
	start front tcpsvd -vhl localhost 127.0.0.1 "$(port front)" ./front
	verdicts 'ip=127\.0\.0\.1 port=[1-9][0-9]* host=[^ ]*'
}

@test "under systemd, which sets REMOTE_ADDR and REMOTE_PORT" {
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" --accept --inetd -E PATH="$PATH" ./front
	verdicts "$known"
	REMOTE_ADDR=::ffff:192.0.2.1 REMOTE_PORT=4711 run -0 etd-delay -v true < <(:)
	[[ $output == *'hangup ip=192.0.2.1 port=4711 '* ]]
}

@test "under a server that sets no variables, as inetd: the socket itself is asked" {
	serve front env -i PATH="$PATH" ./front
	verdicts "$known"
}

@test "on pipes, with the variables of sslserver" {
	export PROTO=SSL SSLREMOTEIP=192.0.2.1 SSLREMOTEPORT=4711 SSLREMOTEHOST=mail.example
	mkfifo in
	exec 5<>in	# a writer that says nothing
	./front <in 2>front.log | cat >out
	[ "$(cat out)" = 220 ]
	echo 'EHLO spam.example' >&5
	./front <in 2>>front.log | cat >out
	[ "$(cat out)" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	: | ./front 2>>front.log | cat >out
	[ ! -s out ]
	grep -q '^etd-delay: pass ip=192\.0\.2\.1 port=4711 host=mail\.example class=named waited=2\.' front.log
	grep -q '^etd-delay: early ip=192\.0\.2\.1 .* bytes=18 kind=smtp text="EHLO spam.example\\n"$' front.log
	grep -q '^etd-delay: hangup ip=192\.0\.2\.1 ' front.log
}

@test "on a pipe, too, the early bytes are looked at and stay for the next program" {
	head -c 3000 /dev/urandom >bytes
	for start in 'GET / HTTP/1.0' "$(printf '\026\003\001')" 'PROXY TCP4 ' ''; do
		{ printf %s "$start"; cat bytes; } >sent
		ETD_ACTION=log etd-delay cat < <(cat sent) 2>>front.log >got
		cmp sent got
	done
	grep -q 'kind=http text="GET / HTTP/1\.0' front.log
	grep -q 'kind=tls text="\\x16\\x03\\x01' front.log
	grep -q 'kind=proxy ' front.log
	grep -q 'kind=binary ' front.log
}

@test "on pipes without variables the address is unknown, and the verdict the same" {
	echo 'EHLO spam.example' | ./front 2>front.log | cat >out
	[ "$(cat out)" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	grep -q '^etd-delay: early ip=unknown port="" ' front.log
}
