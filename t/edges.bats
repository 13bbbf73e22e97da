load lib

front() {	# [ VARIABLE=VALUE ... ] etd-delay ...
	rm -f front.log
	serve front env "$@"
}
refused=$'554 5.5.1 Refused: you talked before the greeting\r'

# connect: descriptor 5 is a connection to front
connect() { exec 5<>"/dev/tcp/127.0.0.1/$(port front)"; }

@test "data and then a FIN is early talk" {
	front ETD_DELAY=20 etd-delay true
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
}

@test "a reset in the hold is a hangup" {
	front ETD_DELAY=20 etd-delay -v touch next.ran
	perl -MSocket -e '
		socket(S, PF_INET, SOCK_STREAM, 0) and connect(S, sockaddr_in($ARGV[0], INADDR_LOOPBACK)) or die;
		setsockopt(S, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)) and close(S) or die' "$(port front)"
	has front.log 'etd-delay: hangup '
	has front.log 'tcpserver: end [0-9]* status 0'
	[ ! -e next.ran ]
}

@test "a byte 50 ms before the end of the hold is early, one 50 ms after it is the next program's" {
	front ETD_DELAY=1 etd-delay -v sh -c 'read -r line; echo "heard $line"'
	# The hold begins a while after the connection, and a busy machine may sleep for too long: each try
	# corrects the next one, until the byte has come in the last tenth of a second.
	ms=950
	for ((try = 1; try <= 30; try++)); do
		connect
		sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
		echo x >&5
		run -0 cat <&5
		[ "$output" = "$refused" ] || [ "$output" = 'heard x' ]
		has_lines front.log '^etd-delay: ' $try
		waited=$(sed -n 's/^etd-delay: .* waited=\([0-9]\)\.\([0-9]*\).*/\1\2/p' front.log | tail -n 1)
		[ "$output" != "$refused" ] || [ "$waited" -lt 900 ] || break
		ms=$((ms + (10#$waited < 950 ? 950 - 10#$waited : -20)))
	done
	[ "$output" = "$refused" ]
	has front.log 'early .* waited=0\.9[0-9]* bytes=2 '
	: >front.log
	connect
	has front.log pass
	sleep 0.05
	echo x >&5
	run -0 cat <&5
	[ "$output" = 'heard x' ]
}

@test "the hold goes on after a signal" {
	# Three times the wait ends after 0.4 s, as by a signal. A hold that began anew would last for 3 s.
	front ETD_DELAY=2 strace -f -o trace -e trace=poll,ppoll -e inject=poll,ppoll:error=EINTR:delay_enter=400000:when=1..3 \
		etd-delay -v sh -c 'echo "$ETD_RESULT $ETD_WAITED"'
	run -0 listen front
	[[ $output == 'pass 2.'* ]]
	[ "$(count trace INJECTED)" -eq 3 ]
}

@test "a client that never closes after the 554 is left after 2 s" {
	front ETD_DELAY=20 etd-delay true
	connect
	began=$EPOCHREALTIME
	echo x >&5
	run -0 cat <&5
	[ "$output" = "$refused" ]
	[ "$(count front.log 'tcpserver: end')" -eq 0 ]	# the reply and its FIN have not waited for that
	has front.log 'tcpserver: end'
	[ "$(ms_since "$began")" -ge 1900 ]
	exec 5>&-
}

@test "a client that never stops sending is left after 1 MiB" {
	front ETD_DELAY=20 etd-delay true
	connect
	run ! sh -c "trap '' PIPE; exec head -c 100000000 /dev/zero >&5"	# two seconds would do for that
	has front.log 'tcpserver: end'
	exec 5>&-
}

@test "a closed descriptor 0 is one clear line" {
	run -111 bash -c 'etd-delay true 0<&- 2>&1 | cat; exit ${PIPESTATUS[0]}'
	[[ $output == *'etd-delay: fatal: unable to watch descriptor 0: Bad file descriptor'* ]]
}

@test "with descriptor 1 or 2 closed the verdict is the same" {
	run -0 bash -c 'echo EHLO | etd-delay touch next.ran >&-'
	[[ $output == *'etd-delay: early '* ]]
	[ ! -e next.ran ]
	front ETD_DELAY=20 sh -c 'exec etd-delay touch next.ran 2>&-'
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
	[ ! -e next.ran ]
	front ETD_DELAY=0.2 sh -c 'exec etd-delay -v echo 220 2>&-'
	run -0 listen front
	[ "$output" = 220 ]
}

@test "a full pipe on descriptor 2 stops no mail" {
	mkfifo log
	exec 6<>log
	timeout 1 cat /dev/zero >&6 || :	# until it blocks
	export ETD_DELAY=2
	front sh -c 'exec etd-delay -v echo 220 2>&6'
	run -0 listen front
	[ "$output" = 220 ]
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
}

@test "hostile bytes and a hostile name stay one line of printable ASCII" {
	name=$'a"b\\c d=e\nf\xff\t'
	front TCPREMOTEHOST="$name" ETD_DELAY=20 etd-delay true
	printf '\x16\x03\x01 "q"\\\r\n\t\0\x7f\x80\xff' | talk front >out
	has front.log '^etd-delay: early ip=127\.0\.0\.1 port=[0-9]* host="a\\"b\\\\c d=e\\nf\\xff\\t" class=named waited=[0-9.]* bytes=15 kind=tls text="\\x16\\x03\\x01 \\"q\\"\\\\\\r\\n\\t\\x00\\x7f\\x80\\xff"$'
	[ "$(grep -c early front.log)" -eq 1 ]
	run -1 env LC_ALL=C grep -a '[^ -~]' front.log
	# Long values are cut at 100 bytes.
	front TCPREMOTEHOST="$(head -c 300 /dev/zero | tr '\0' '\377')" ETD_DELAY=20 etd-delay true
	head -c 300 /dev/zero | talk front >out
	has front.log "early .* host=\"\(\\\\xff\)\{100\}\" .* bytes=300 kind=binary text=\"\(\\\\x00\)\{100\}\"$"
}

@test "kind is what the early bytes look like" {
	front ETD_DELAY=20 etd-delay true
	kind_of() {
		printf "$1" | talk front >out
		has_lines front.log 'etd-delay: early' "$2"
		sed -n 's/.*etd-delay: early .* kind=\([a-z]*\) .*/\1/p' front.log | tail -n 1
	}
	[ "$(kind_of 'ehlo x\r\n' 1)" = smtp ]
	[ "$(kind_of 'MAIL FROM:<>\r\n' 2)" = smtp ]
	[ "$(kind_of '\x16\x03\x03\x01' 3)" = tls ]
	[ "$(kind_of 'GET / HTTP/1.0\r\n' 4)" = http ]
	[ "$(kind_of 'POST / HTTP/1.1\r\n' 5)" = http ]
	[ "$(kind_of 'PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n' 6)" = proxy ]
	[ "$(kind_of '\r\n\r\n\0\r\nQUIT\n\x21\x11' 7)" = proxy ]
	[ "$(kind_of '\0\1\2' 8)" = binary ]
	[ "$(kind_of '\r\n' 9)" = binary ]
	[ "$(kind_of 'QUIT\r\n' 10)" = quit ]
	[ "$(kind_of 'quit\n' 11)" = quit ]
	[ "$(kind_of 'QUIT\r\n\r\n' 12)" = smtp ]
	[ "$(kind_of 'QUITE\r\n' 13)" = smtp ]
	[ "$(kind_of 'QUIT' 14)" = smtp ]
}

@test "each duration must be a number in range" {
	for name in ETD_DELAY ETD_DELAY_DYNAMIC ETD_DELAY_NORDNS; do
		for value in abc -1 1e9 300.001 ' 1' '1 ' .5 5. 0x1 1,5 300.0001 99999999999999999999; do
			run -100 env "$name=$value" etd-delay true < <(:)
			[[ $output == *"etd-delay: fatal: $name=$value: not a number of seconds from 0 to 300"* ]]
		done
		[ "$name" != ETD_DELAY ] || run -100 env "$name=" etd-delay true < <(:)
		for value in 300 300.000 0 0.0 0.001 007; do
			run -0 env "$name=$value" etd-delay true < <(:)
		done
	done
}

@test "signals, blocking mode, umask and descriptors are as they were for the next program" {
	cat >state <<-'EOF'
		#!/bin/sh
		grep -E '^Sig(Blk|Ign|Cgt)|^Umask' /proc/self/status
		ls /proc/self/fd | tr '\n' ' '
		cat /proc/self/fdinfo/0 /proc/self/fdinfo/1 /proc/self/fdinfo/2 | grep flags
	EOF
	chmod +x state
	serve direct ./state
	listen direct >direct.state
	front ETD_DELAY=0.2 etd-delay -v ./state
	listen front >front.state
	[ "$(wc -l <direct.state)" -ge 7 ]
	diff direct.state front.state
}

@test "an urgent byte is early talk" {
	front ETD_DELAY=2 etd-delay touch next.ran
	urgent() {
		perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die; send($s, "X", MSG_OOB);
			syswrite($s, $ARGV[1]); sysread($s, $_, 100); print' "$(port front)" "$1"
	}
	run -0 urgent ''
	[ "$output" = "$refused" ]
	run -0 urgent $'EHLO x\r\n'
	[ "$output" = "$refused" ]
	has_lines front.log 'etd-delay: early' 2
	[ ! -e next.ran ]
}

@test "on a pipe whose reader is gone a refusal is still exit 0, and the next program finds SIGPIPE as it was" {
	run -0 perl -e 'pipe(R, W); pipe(A, B); syswrite(B, "EHLO x\r\n"); close(R);
		unless (fork) { open(STDIN, "<&A"); open(STDOUT, ">&W"); exec("etd-delay", "true") } wait; exit($? & 127 || $? >> 8)'
	mkfifo in
	exec 5<>in
	grep SigIgn /proc/self/status <in | cat >direct
	ETD_TEASER=one ETD_DELAY=0.2 etd-delay grep SigIgn /proc/self/status <in | cat >next
	[ "$(tail -n 1 next)" = "$(cat direct)" ]
}

@test "an environment too large for the stack is exit 111 and a 421" {
	run -111 perl -e '$ENV{"A$_"} = "" for 1 .. 5000; $ENV{ETD_DELAY} = 0;
		exec("bash", "-c", "ulimit -s 128; exec etd-delay true")'
	[[ $output == *'unable to run true: Argument list too long'*'421 4.3.0 '* ]]
}
