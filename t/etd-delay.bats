load lib

# front [ VARIABLE=VALUE ... ] etd-delay ...: as env would run it, under tcpserver
front() {
	rm -f front.log
	serve front env "$@"
}

# next: a next program that leaves a mark and greets
next() {
	cat >next <<-EOF
		#!/bin/sh
		touch $PWD/next.ran
		echo "220 \$ETD_RESULT \$ETD_WAITED \$ETD_CLASS"
	EOF
	chmod +x next
}

# ended: the server has seen the end of its first connection
ended() { has front.log 'tcpserver: end'; }

@test "a client that is silent to the end of the hold gets the next program" {
	next
	front ETD_DELAY=1 etd-delay -v ./next
	began=$EPOCHREALTIME
	run -0 listen front
	[ "$(ms_since "$began")" -ge 1000 ]
	[[ $output == "220 pass 1."???" nordns" ]]
	has front.log '^etd-delay: pass ip=127\.0\.0\.1 port=[0-9]* host="" class=nordns waited=1\.[0-9][0-9][0-9]$'
}

@test "a client that talks early gets the 554 and the next program never starts" {
	next
	front ETD_DELAY=20 etd-delay ./next
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	ended
	[ ! -e next.ran ]
	has front.log '^etd-delay: early ip=127\.0\.0\.1 port=[0-9]* host="" class=nordns waited=0\.[0-9]* bytes=18 kind=smtp text="EHLO spam\.example\\n"$'
	has front.log 'end [0-9]* status 0$'
}

@test "the reply arrives even when the client has sent 64 KiB, closed or not" {
	next
	front ETD_DELAY=20 etd-delay ./next
	head -c 65536 /dev/zero | tr '\0' x >64k
	run -0 talk front <64k
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); cat 64k >&5; cat <&5"
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	ended
	[ ! -e next.ran ]
}

@test "a FIN alone is a hangup, not early talk" {
	next
	front ETD_DELAY=20 etd-delay -v ./next
	run -0 talk front </dev/null
	[ -z "$output" ]
	ended
	[ ! -e next.ran ]
	has front.log '^etd-delay: hangup ip=127\.0\.0\.1 port=[0-9]* host="" class=nordns waited=0\.[0-9]*$'
	[ "$(count front.log 'early')" -eq 0 ]
}

@test "with ETD_DELAY=0 the next program runs at once, without a test, and reads what the client sent" {
	front ETD_DELAY=0 etd-delay -v sh -c 'read -r line; echo "$ETD_RESULT $line"'
	run -0 talk front <<<'EHLO fast.example'
	[ "$output" = 'exempt EHLO fast.example' ]
	has front.log '^etd-delay: exempt ip=127\.0\.0\.1 .*waited=0\.000$'
}

@test "with RELAYCLIENT set, even to nothing, the client is exempt" {
	front RELAYCLIENT= ETD_DELAY=20 etd-delay sh -c 'read -r line; echo "$ETD_RESULT $line"'
	run -0 talk front <<<'EHLO own.example'
	[ "$output" = 'exempt EHLO own.example' ]
}

@test "ETD_REPLY is the reply to an early talker" {
	front ETD_REPLY='450 4.7.1 not so fast' etd-delay true
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'450 4.7.1 not so fast\r' ]
}

@test "what is not a number in range is bad configuration that names variable and value, and a 421" {
	for value in '' abc -1 1e9 300.001; do
		front ETD_DELAY="$value" etd-delay true
		run -0 listen front
		[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
		has front.log "^etd-delay: fatal: ETD_DELAY=$value: not a number of seconds from 0 to 300$"
		has front.log 'end [0-9]* status 25600$'	# exit 100
	done
}

@test "an ETD_REPLY that is no 4xx or 5xx reply is bad configuration" {
	for value in '' 'go away' '220 welcome' '554' '55x no'; do
		front ETD_REPLY="$value" etd-delay true
		run -0 listen front
		[[ $output == 421\ 4.3.0\ * ]]
		has front.log "^etd-delay: fatal: ETD_REPLY=$value: not a 4xx or 5xx reply$"
	done
}

@test "no program to run is a usage message, exit 100, and a 421" {
	front etd-delay -v
	run -0 listen front
	[[ $output == 421\ 4.3.0\ * ]]
	has front.log '^etd-delay: usage: etd-delay \[ -cqQv \] program \[ arg \.\.\. \]$'
	has front.log 'end [0-9]* status 25600$'
	run -100 etd-delay -x true
}

@test "a program that cannot be run is exit 111 and a 421" {
	front ETD_DELAY=0 etd-delay ./missing
	run -0 listen front
	[[ $output == 421\ 4.3.0\ * ]]
	has front.log '^etd-delay: fatal: unable to run \./missing: No such file or directory$'
	has front.log 'end [0-9]* status 28416$'	# exit 111
}

@test "-q logs nothing but what is fatal, the default refusals too" {
	front ETD_DELAY=2 etd-delay -q true
	talk front <<<'EHLO spam.example'
	listen front
	has_lines front.log 'tcpserver: end' 2
	[ "$(count front.log etd-delay)" -eq 0 ]
	front ETD_DELAY=2 etd-delay true
	talk front <<<'EHLO spam.example'
	listen front
	has_lines front.log 'tcpserver: end' 2
	[ "$(count front.log etd-delay)" -eq 1 ]
	has front.log 'etd-delay: early'
}

@test "options end at the next program, which keeps its own" {
	front ETD_DELAY=0 etd-delay printf -- '-v %s\n' -q
	run -0 listen front
	[ "$output" = '-v -q' ]
}

@test "what has come when the hold is over is early talk, until the next program starts" {
	# poll's timeout is known two seconds later than it happened.
	serve front env ETD_DELAY=0.2 strace -f -o trace -e trace=poll,ppoll -e inject=poll,ppoll:delay_exit=2000000:when=1 \
		etd-delay -v echo 220
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	has trace 'poll('
	sleep 0.5	# the hold is over, and the program does not know it yet
	echo HELO >&5
	run -0 cat <&5
	exec 5>&-
	[[ $output == 554\ * ]]
	has front.log 'early .* waited=2\.'
}
