# What etd-delay and etd-server have in common: see front.bash.
load lib
load front

# next: a next program that leaves a mark and greets
next() {
	cat >next <<-EOF
		#!/bin/sh
		touch $PWD/next.ran
		echo "220 \$ETD_RESULT \$ETD_WAITED \$ETD_CLASS"
	EOF
	chmod +x next
}

# connect: descriptor 5 is a connection to front
connect() { exec 5<>"/dev/tcp/127.0.0.1/$(port front)"; }

@test "a client that is silent to the end of the hold gets the next program" {
	next
	front ETD_DELAY=1 -v ./next
	began=$EPOCHREALTIME
	run -0 listen front
	[ "$(ms_since "$began")" -ge 1000 ]
	[[ $output == "220 pass 1."???" nordns" ]]
	has front.log "^$etd: pass ip=127\.0\.0\.1 port=[0-9]* host=\"\" class=nordns waited=1\.[0-9][0-9][0-9]$"
}

@test "a client that talks early gets the 554 and the next program never starts" {
	next
	front ETD_DELAY=20 ./next
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
	all_left
	[ ! -e next.ran ]
	has front.log "^$etd: early ip=127\.0\.0\.1 port=[0-9]* host=\"\" class=nordns waited=0\.[0-9]* bytes=18 kind=smtp text=\"EHLO spam\.example\\\\n\"$"
}

@test "the reply arrives even when the client has sent 64 KiB, closed or not" {
	next
	front ETD_DELAY=20 ./next
	head -c 65536 /dev/zero | tr '\0' x >64k
	run -0 talk front <64k
	[ "$output" = "$refused" ]
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); cat 64k >&5; cat <&5"
	[ "$output" = "$refused" ]
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); sleep 0.2; cat 64k >&5; cat <&5"
	[ "$output" = "$refused" ]
	all_left
	[ ! -e next.ran ]
}

@test "a FIN alone is a hangup, not early talk" {
	next
	front ETD_DELAY=20 -v ./next
	run -0 talk front </dev/null
	[ -z "$output" ]
	all_left
	[ ! -e next.ran ]
	has front.log "^$etd: hangup ip=127\.0\.0\.1 port=[0-9]* host=\"\" class=nordns waited=0\.[0-9]*$"
	[ "$(count front.log 'early')" -eq 0 ]
}

@test "a reset in the hold is a hangup" {
	next
	front ETD_DELAY=20 -v ./next
	for wait in 0 0.2; do
		perl -MSocket -e '
			socket(S, PF_INET, SOCK_STREAM, 0) and connect(S, sockaddr_in($ARGV[0], INADDR_LOOPBACK)) or die;
			select(undef, undef, undef, $ARGV[1]);
			setsockopt(S, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)) and close(S) or die' "$(port front)" $wait
	done
	has_lines front.log "$etd: hangup " 2
	all_left
	[ ! -e next.ran ]
	[ "$(count front.log 'early')" -eq 0 ]
}

@test "with ETD_DELAY=0 the next program runs at once, without a test, and reads what the client sent" {
	front ETD_DELAY=0 -v sh -c 'read -r line; echo "$ETD_RESULT $line"'
	run -0 talk front <<<'EHLO fast.example'
	[ "$output" = 'exempt EHLO fast.example' ]
	has front.log "^$etd: exempt ip=127\.0\.0\.1 .*waited=0\.000$"
}

@test "with RELAYCLIENT set, even to nothing, the client is exempt" {
	front RELAYCLIENT= ETD_DELAY=20 sh -c 'read -r line; echo "$ETD_RESULT $line"'
	run -0 talk front <<<'EHLO own.example'
	[ "$output" = 'exempt EHLO own.example' ]
}

@test "ETD_REPLY is the reply to an early talker" {
	front ETD_REPLY='450 4.7.1 not so fast' true
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'450 4.7.1 not so fast\r' ]
}

@test "ETD_REPLY may have several lines" {
	front ETD_REPLY=$'554-5.5.1 one\n554 5.5.1 two' true
	run -0 talk front <<<'HELO spam.example'
	[ "$output" = $'554-5.5.1 one\r\n554 5.5.1 two\r' ]
}

@test "an ETD_REPLY that is no 4xx or 5xx reply is bad configuration" {
	long=$(head -c 600 /dev/zero | tr '\0' x)
	bad_setting ETD_REPLY='go away' 'ETD_REPLY=go away: not a 4xx or 5xx reply'
	bad_setting ETD_REPLY=$'554 caf\xc3\xa9' 'ETD_REPLY=554 caf\xc3\xa9: not a 4xx or 5xx reply'
	for value in '' '220 welcome' '554' '55x no' '450 ' $'554-a\n553 b' $'554 a\n554 b' $'554-a' $'554-a\n\n554\t' "554 $long"; do
		run -100 judge ETD_REPLY="$value"
		[[ $output == *"$etd: fatal: ETD_REPLY="*': not a 4xx or 5xx reply'* ]]
	done
}

@test "each duration must be a number in range" {
	bad_setting ETD_DELAY=300.001 'ETD_DELAY=300.001: not a number of seconds from 0 to 300'
	run -100 judge ETD_DELAY=
	for setting in ETD_DELAY ETD_DELAY_DYNAMIC ETD_DELAY_NORDNS; do
		for value in abc -1 1e9 300.001 ' 1' '1 ' .5 5. 0x1 1,5 300.0001 99999999999999999999; do
			run -100 judge "$setting=$value"
			[[ $output == *"$etd: fatal: $setting=$value: not a number of seconds from 0 to 300"* ]]
		done
		for value in 300 300.000 0 0.0 0.001 007; do
			run -0 judge "$setting=$value"
		done
	done
}

@test "a program that cannot be run is a 421" {
	front ETD_DELAY=0 ./missing
	run -0 listen front
	[ "$output" = "$later" ]
	cannot_run 'unable to run ./missing: No such file or directory'
}

@test "an environment that is too large is a 421" {
	prefix=(perl -e '$ENV{"A$_"} = "" for 1 .. 5000; exec @ARGV')
	front ETD_DELAY=0 true
	run -0 listen front
	[ "$output" = "$later" ]
	cannot_run 'unable to run true: Argument list too long'
}

@test "-q logs nothing but what is fatal, the default refusals too" {
	front ETD_DELAY=2 -q true
	talk front <<<'EHLO spam.example'
	listen front
	[ "$(count front.log "$etd")" -eq 0 ]
	front ETD_DELAY=2 true
	talk front <<<'EHLO spam.example'
	listen front
	[ "$(count front.log "$etd")" -eq 1 ]
	has front.log "$etd: early"
}

@test "options end at the next program, which keeps its own" {
	front ETD_DELAY=0 printf -- '-v %s\n' -q
	run -0 listen front
	[ "$output" = '-v -q' ]
}

@test "what has come when the hold is over is early talk, until the next program starts" {
	hinder delay_exit=2000000 1	# it knows two seconds later than the hold is over
	front ETD_DELAY=0.2 -v echo 220
	connect
	wait_for eval '[ "$(grep -Eo "poll\(|epoll_wait\(" trace | wc -l)" -ge '"$first"' ]'
	sleep 0.5	# the hold is over, and the program does not know it yet
	echo HELO >&5
	run -0 cat <&5
	exec 5>&-
	[[ $output == 554\ * ]]
	has front.log 'early .* waited=2\.'
}

@test "data and then a FIN is early talk" {
	front ETD_DELAY=20 true
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); sleep 0.2; socat -t 20 - FD:5 <<<'EHLO spam.example'"
	[ "$output" = "$refused" ]
}

@test "a byte 50 ms before the end of the hold is early, one 50 ms after it is the next program's" {
	front ETD_DELAY=1 -v sh -c 'read -r line; echo "heard $line"'
	# The hold begins a while after the connection, and a busy machine may sleep for too long: each try
	# corrects the next one, until the byte has come in the last tenth of a second.
	ms=950
	for ((try = 1; try <= 30; try++)); do
		connect
		sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
		echo x >&5
		run -0 cat <&5
		[ "$output" = "$refused" ] || [ "$output" = 'heard x' ]
		has_lines front.log "^$etd: [ep]a" $try
		waited=$(sed -n "s/^$etd: .* waited=\([0-9]\)\.\([0-9]*\).*/\1\2/p" front.log | tail -n 1)
		[ "$output" != "$refused" ] || [[ $waited != 09* ]] || break
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
	hinder error=EINTR:delay_enter=400000 3
	front ETD_DELAY=2 -v sh -c 'echo "$ETD_RESULT $ETD_WAITED"'
	run -0 listen front
	[[ $output == 'pass 2.'* ]]
	[ "$(count trace INJECTED)" -eq 3 ]
}

@test "a client that never closes after the 554 is left after 2 s" {
	front ETD_DELAY=20 true
	connect
	began=$EPOCHREALTIME
	echo x >&5
	run -0 cat <&5
	[ "$output" = "$refused" ]
	run -1 left	# the reply and its FIN have not waited for that
	all_left
	[ "$(ms_since "$began")" -ge 1900 ]
	exec 5>&-
}

@test "a client that never stops sending is left after 1 MiB" {
	front ETD_DELAY=20 true
	connect
	sleep 0.2	# etd-server looks seldom at one that has talked at once
	run ! sh -c "trap '' PIPE; exec head -c 100000000 /dev/zero >&5"	# two seconds would do for that
	all_left
	exec 5>&-
}

@test "with descriptor 2 closed the verdict is the same" {
	prefix=(sh -c 'exec "$@" 2>&-' -)
	front ETD_DELAY=20 touch next.ran
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
	[ ! -e next.ran ]
	front ETD_DELAY=0.2 -v echo 220
	run -0 listen front
	[ "$output" = 220 ]
}

@test "a full pipe on descriptor 2 stops no mail" {
	mkfifo log
	exec 6<>log
	timeout 1 cat /dev/zero >&6 || :	# until it blocks
	prefix=(sh -c 'exec "$@" 2>&6' -)
	front ETD_DELAY=2 -v echo 220
	run -0 listen front
	[ "$output" = 220 ]
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
}

@test "hostile bytes stay one line of printable ASCII" {
	front ETD_DELAY=20 true
	printf '\x16\x03\x01 "q"\\\r\n\t\0\x7f\x80\xff' | talk front >out
	has front.log 'bytes=15 kind=tls text="\\x16\\x03\\x01 \\"q\\"\\\\\\r\\n\\t\\x00\\x7f\\x80\\xff"$'
	# Long values are cut at 100 bytes.
	head -c 300 /dev/zero | talk front >out
	has front.log "early .* bytes=300 kind=binary text=\"\(\\\\x00\)\{100\}\"$"
	[ "$(grep -c early front.log)" -eq 2 ]
	run -1 env LC_ALL=C grep -a '[^ -~]' front.log
}

@test "kind is what the early bytes look like" {
	front ETD_DELAY=20 true
	kind_of() {
		printf "$1" | talk front >out
		has_lines front.log "$etd: early" "$2"
		sed -n "s/.*$etd: early .* kind=\([a-z]*\) .*/\1/p" front.log | tail -n 1
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

@test "an urgent byte is early talk" {
	front ETD_DELAY=2 touch next.ran
	urgent() {
		perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die; select undef, undef, undef, $ARGV[2];
			send($s, "X", MSG_OOB); syswrite($s, $ARGV[1]); sysread($s, $_, 100); print' "$(port front)" "$1" "$2"
	}
	for wait in 0 0.2; do
		run -0 urgent '' $wait
		[ "$output" = "$refused" ]
		run -0 urgent $'EHLO x\r\n' $wait
		[ "$output" = "$refused" ]
	done
	has_lines front.log "$etd: early" 4
	[ ! -e next.ran ]
}

@test "signals, blocking mode, umask and descriptors are as they were for the next program" {
	cat >state <<-'EOF'
		#!/bin/sh
		grep -E '^Sig(Blk|Ign|Cgt)|^Umask' /proc/self/status
		ls /proc/self/fd | tr '\n' ' '
		cat /proc/self/fdinfo/0 /proc/self/fdinfo/1 /proc/self/fdinfo/2 | grep flags
		ulimit -S -a
		ulimit -H -a
	EOF
	chmod +x state
	serve direct ./state
	listen direct >direct.state
	front ETD_DELAY=0.2 -v ./state
	listen front >front.state
	[ "$(wc -l <direct.state)" -ge 20 ]
	# tcpserver and etd-delay leave what they have inherited open.
	[ "$etd" = etd-delay ] || sed -i 's/^0 1 .*flags/0 1 2 3 flags/' direct.state
	diff direct.state front.state
}

@test "the next program's own variables of these names are replaced, and all others kept" {
	front ETD_RESULT=old ETD_WAITED=old ETD_CLASS=old OTHER='a b' ETD_DELAY=0 env
	listen front >env.out
	[ "$(grep -c '^ETD_RESULT=exempt$' env.out)" -eq 1 ]
	[ "$(grep '^ETD_' env.out | grep -vc '^ETD_ROOT=')" -eq 4 ]	# lib.bash's own
	grep -q '^OTHER=a b$' env.out
	grep -q '^TCPREMOTEIP=127\.0\.0\.1$' env.out
}
