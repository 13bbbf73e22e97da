load lib

# What it has in common with etd-server is in verdict-etd-delay.bats, action-... and class-...

# front [ VARIABLE=VALUE ... ] etd-delay ...: as env would run it, under tcpserver
front() {
	rm -f front.log
	serve front env "$@"
}
refused=$'554 5.5.1 Refused: you talked before the greeting\r'

@test "a refusal and a hangup are work done: exit 0" {
	front ETD_DELAY=20 etd-delay true
	talk front <<<'EHLO spam.example'
	has_lines front.log 'end [0-9]* status 0$' 1
	talk front </dev/null
	has_lines front.log 'end [0-9]* status 0$' 2
}

@test "no program to run is a usage message, exit 100, and a 421" {
	front etd-delay -v
	run -0 listen front
	[[ $output == 421\ 4.3.0\ * ]]
	has front.log '^etd-delay: usage: etd-delay \[ -cqQv \] program \[ arg \.\.\. \]$'
	has front.log 'end [0-9]* status 25600$'
	run -100 etd-delay -x true
}

@test "a closed descriptor 0 is one clear line" {
	run -111 bash -c 'etd-delay true 0<&- 2>&1 | cat; exit ${PIPESTATUS[0]}'
	[[ $output == *'etd-delay: fatal: unable to watch descriptor 0: Bad file descriptor'* ]]
}

@test "with descriptor 1 closed the verdict is the same" {
	run -0 bash -c 'echo EHLO | etd-delay touch next.ran >&-'
	[[ $output == *'etd-delay: early '* ]]
	[ ! -e next.ran ]
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

@test "on a pipe whose reader is gone a refusal is still exit 0, and the next program finds SIGPIPE as it was" {
	run -0 perl -e 'pipe(R, W); pipe(A, B); syswrite(B, "EHLO x\r\n"); close(R);
		unless (fork) { open(STDIN, "<&A"); open(STDOUT, ">&W"); exec("etd-delay", "true") } wait; exit($? & 127 || $? >> 8)'
	mkfifo in
	exec 5<>in
	grep SigIgn /proc/self/status <in | cat >direct
	ETD_TEASER=one ETD_DELAY=0.2 etd-delay grep SigIgn /proc/self/status <in | cat >next
	[ "$(tail -n 1 next)" = "$(cat direct)" ]
}

@test "after rblsmtpd: the listed are refused without a hold, others are held" {
	front RBLSMTPD=-listed ETD_DELAY=20 rblsmtpd -t 0 etd-delay true
	run -0 listen front
	[ "$output" = $'553 listed\r' ]
	front ETD_DELAY=20 rblsmtpd etd-delay true
	run -0 talk front <<<'HELO spam.example'
	[ "$output" = "$refused" ]
}

@test "ETD_REPLY may have several lines, which envdir writes with a NUL byte" {
	mkdir env
	printf '554-5.5.1 one\000554 5.5.1 two\n' >env/ETD_REPLY
	rm -f front.log
	serve front envdir ./env etd-delay true
	run -0 talk front <<<'HELO spam.example'
	[ "$output" = $'554-5.5.1 one\r\n554 5.5.1 two\r' ]
}

@test "a teaser that cannot be written leaves SIGPIPE as it came" {
	mkfifo idle
	ETD_TEASER=one ETD_DELAY=0.2 env --default-signal=PIPE \
		etd-delay sh -c 'grep SigIgn /proc/self/status >signals' 0<>idle 1>/dev/full
	read -r _ ignored <signals
	[ $((0x$ignored & 0x1000)) -eq 0 ]
}

@test "a client that takes no more bytes is not waited for with the reply" {
	# What was sent before fills its buffers.
	run -0 timeout 20 perl -MSocket -MIO::Handle -e '$^F = 9; socketpair my $server, my $client, AF_UNIX, SOCK_STREAM, 0 or die;
		$server->blocking(0); 1 while syswrite $server, "x" x 4096; $server->blocking(1);
		syswrite $client, "EHLO x\r\n"; open STDIN, "<&", $server; open STDOUT, ">&", $server;
		exec "etd-delay", "true"'
	[[ $output == 'etd-delay: early '* ]]
}
