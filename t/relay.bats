load lib

export ETD_SYNC=off	# clients here send when they like; t/sync.bats is about turns

# front PROGRAM ...: under tcpserver, with backends.cdb listing the server NAME
front() {
	pool "a 127.0.0.1:$(port a) no-check"
	serve front env "$@"
}
relay_pid() { pgrep -P "$(cat front.pid)" -n; }
ticks() { awk '{ print $14 + $15 }' "/proc/$(relay_pid)/stat"; }
rss() { awk '/VmRSS/ { print $2 }' "/proc/$(relay_pid)/status"; }
pipes() { find "/proc/$(relay_pid)/fd" -lname 'pipe:*' | wc -l; }

# ends STATE: the end line of the only session
ends() { has front.log "etd-connect: \(end\|none\) .* state=$1$"; }

@test "bulk goes by splice, byte for byte, in each direction; short sessions make no pipe" {
	head -c 30000000 /dev/urandom >sent
	serve a sh -c 'echo 220; cat sent; cat >received'
	# A relay that is slower than both ends: what it reads is always a full buffer.
	front strace -f -e trace=splice,pipe2,recvfrom -e inject=recvfrom:delay_enter=2000 -o trace \
		etd-connect -v backends.cdb
	socat -t 30 - "TCP:127.0.0.1:$(port front)" <sent | tail -c +5 | cmp - sent
	wait_for cmp received sent
	has front.log 'end .* in=30000000 out=30000004 state=--$'
	[ "$(count trace pipe2)" -eq 2 ]
	[ "$(count trace splice)" -gt 20 ]
	echo "splice: $(count trace splice), recv: $(count trace recvfrom)"
	[ "$(count trace recvfrom)" -lt 600 ]
	stop front
	head -c 100000 sent >short && mv short sent
	front strace -f -e trace=splice,pipe2 -o trace etd-connect -v backends.cdb
	socat -t 30 - "TCP:127.0.0.1:$(port front)" <sent | tail -c +5 | cmp - sent
	wait_for cmp received sent
	[ "$(count trace pipe2)" -eq 0 ]
}

@test "where splice or its pipe is missing, bulk goes by read and write" {
	head -c 10000000 /dev/urandom >sent
	serve a sh -c 'echo 220; cat sent; cat >received'
	for fault in splice:error=ENOSYS splice:error=EINVAL pipe2:error=EMFILE fcntl:error=EPERM; do
		rm -f received
		front strace -f -e trace=splice,pipe2,fcntl -e "inject=$fault" -o trace etd-connect -v backends.cdb
		socat -t 30 - "TCP:127.0.0.1:$(port front)" <sent | tail -c +5 | cmp - sent
		wait_for cmp received sent
		has trace INJECTED
		stop front
	done
}

@test "an urgent byte in the midst of bulk stops nothing" {
	serve a sh -c 'echo 220; wc -c >heard'
	front etd-connect backends.cdb
	perl -MIO::Socket -e '$s = IO::Socket::INET->new(shift); <$s>; print $s "x" x 4000000; $s->flush; send $s, "U", MSG_OOB; print $s "y" x 1000; $s->flush;
		shutdown $s, 1; 1 while <$s>' "127.0.0.1:$(port front)"
	wait_for test -s heard
	[ "$(cat heard)" -ge 4001000 ]
}

@test "started with descriptor 0 or 1 closed, it takes nothing else for the client" {
	serve a sh -c 'echo 220; cat >heard'
	front true
	stop front
	run timeout 10 sh -c 'etd-connect -v backends.cdb <&-'
	wait_for test -e heard
	[ ! -s heard ]
	run timeout 10 sh -c 'etd-connect -v backends.cdb >&-' </dev/null
	[ ! -s heard ]
}

@test "a counter that is a link is not followed" {
	serve a sh -c 'echo 220'
	front true
	stop front
	printf 'root:x:0' >victim
	ln -sf victim backends.cdb.turn
	serve front etd-connect -v backends.cdb
	talk front </dev/null || :
	has front.log 'random file=backends\.cdb\.turn reason="'
	[ "$(cat victim)" = root:x:0 ]
}

@test "back pressure in bulk: what a stopped reader has not taken stays with the sender" {
	serve a sh -c 'echo 220; sleep 60'	# never reads
	front etd-connect backends.cdb
	start client socat -u OPEN:/dev/zero "TCP:127.0.0.1:$(port front)"
	wait_for eval '[ $(pipes) -ge 2 ]'
	quiet() {	# no byte moves for a while
		local before
		before=$(ticks)
		sleep 0.5
		[ "$before" -eq "$(ticks)" ]
	}
	memory=$(rss)
	wait_for quiet
	[ "$(rss)" -le $((memory + 300)) ]
	# It costs nothing while it waits.
	before=$(ticks)
	sleep 2
	[ "$(($(ticks) - before))" -le 1 ]
}

@test "an idle session takes no processor time, nor does one that is half closed" {
	serve a sh -c 'echo 220; exec sleep 60'
	front etd-connect backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -u 5 greeting
	before=$(ticks)
	sleep 1
	[ "$(ticks)" -le "$((before + 1))" ]	# what it did before may be charged late
	exec 5>&-
	serve half sh -c 'echo 220; exec sleep 60'
	start client sh -c "until grep -q 220 client.out; do sleep 0.1; done | socat -t 60 - TCP:127.0.0.1:$(port front)"
	has client.out 220
	sleep 0.5
	before=$(ticks)
	sleep 1
	[ "$(ticks)" -le "$((before + 1))" ]
}

@test "both connections have TCP keepalive" {
	serve a sh -c 'echo 220; exec sleep 60'
	front strace -f -e trace=setsockopt -o trace etd-connect backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -u 5 greeting
	has_lines trace 'SO_KEEPALIVE, \[1\]' 2
}

@test "a reset from either side in mid-mail ends the session, and the other side hears of it" {
	serve a sh -c 'echo 220; head -c 1000000 >/dev/null; exit'	# closes on unread bytes: RST
	front etd-connect -v backends.cdb
	run ! socat -u OPEN:/dev/zero "TCP:127.0.0.1:$(port front)"
	ends SD
	stop front
	stop a
	serve a sh -c 'echo 220; yes & cat >/dev/null; kill $!'
	front etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	dd bs=1 count=1 <&5 >/dev/null 2>&1
	exec 5>&-	# with bytes unread: RST
	ends CD
	has a.log 'tcpserver: end'
}

@test "10000 sessions leave nothing behind: descriptors and memory of the process tree are flat" {
	serve a sh -c 'echo 220'
	front etd-connect backends.cdb
	load() { seq 20 | xargs -P 20 -I{} sh -c "for i in \$(seq $(($1 / 20))); do socat -u TCP:127.0.0.1:$(port front) /dev/null; done"; }
	measure() { ls "/proc/$(cat front.pid)/fd" | wc -l; awk '/VmRSS/ { print int($2 / 200) }' "/proc/$(cat front.pid)/status"; }
	none_left() { ! pgrep -P "$(cat front.pid)"; }
	load 200
	wait_for none_left
	before=$(measure)
	load 10000
	wait_for none_left
	[ "$(measure)" = "$before" ]
	[ "$(count front.log 'tcpserver: end .* status 0')" -eq 10200 ]
}

# One for each pair of letters; --, CD, SD, cD and sD have more in etd-connect.bats.

@test "state --: both sides closed" {
	serve a sh -c 'echo 220; read -r quit'
	front etd-connect -v backends.cdb
	talk front <<<QUIT
	ends --
}

@test "state CD: the client broke the connection in mid-session" {
	serve a sh -c 'echo 220; cat >/dev/null'
	front etd-connect -v backends.cdb
	perl -MSocket -MIO::Socket -e '$s = IO::Socket::INET->new(shift); <$s>; setsockopt $s, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0; close $s' "127.0.0.1:$(port front)"
	ends CD
}

@test "state SD: the backend broke the connection in mid-session" {
	serve a perl -MSocket -e '$| = 1; print "220\n"; <STDIN>; setsockopt STDIN, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0'
	front etd-connect backends.cdb
	talk front <<<HELO || :
	ends SD
}

@test "states cD and sD: idle for too long, and the client, or the backend, had the word" {
	serve a sh -c 'echo 220; read -r helo; sleep 60'
	front ETD_IDLE_TIMEOUT=0.5 etd-connect -v backends.cdb
	listen front
	ends cD
	stop front
	rm front.log
	front ETD_IDLE_TIMEOUT=2 etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -u 5 greeting
	echo HELO >&5
	ends sD
}

@test "state sD: the backend has half closed and does not take what the client sends" {
	serve a perl -e '$| = 1; print "220\n"; shutdown STDOUT, 1; sleep 60'
	front ETD_IDLE_TIMEOUT=0.5 etd-connect backends.cdb
	start client socat -u OPEN:/dev/zero "TCP:127.0.0.1:$(port front)"
	ends sD
}

@test "state sD: a backend that never says a word, with ETD_GREETING_TIMEOUT=0" {
	serve a sleep 60
	front ETD_GREETING_TIMEOUT=0 ETD_IDLE_TIMEOUT=0.5 etd-connect backends.cdb
	listen front || :
	ends sD
}

# mute: an address where a connection is neither taken nor refused, as a full backlog makes one
mute() {
	start mute perl -MSocket -e 'socket S, PF_INET, SOCK_STREAM, 0; bind S, sockaddr_in(0, INADDR_LOOPBACK); listen S, 0;
		($port) = sockaddr_in(getsockname S); for (1 .. 3) { socket $c[$_], PF_INET, SOCK_STREAM | 04000, 0; connect $c[$_], sockaddr_in($port, INADDR_LOOPBACK) }
		$| = 1; print "$port\n"; sleep 600'
	has mute.out .
	cp mute.out a.port
}

@test "state CC: the client left while a backend was being connected to" {
	mute
	front etd-connect -v backends.cdb
	talk front </dev/null
	ends CC
	[ "$(count front.log 'failed\|none')" -eq 0 ]
}

@test "state sC: the backend could not be connected to in time" {
	mute
	front ETD_CONNECT_TIMEOUT=0.3 etd-connect backends.cdb
	run -0 listen front
	[[ $output == '421 4.3.2 '* ]]
	ends sC
}

@test "state SC: the backend refused the connection" {
	free_port a
	front etd-connect backends.cdb
	run -0 listen front
	[[ $output == '421 4.3.2 '* ]]
	ends SC
}

@test "state CH: the client left before the greeting" {
	serve a sleep 60
	front etd-connect -v backends.cdb
	talk front </dev/null
	ends CH
}

@test "states SH and sH: the backend closed before its greeting; did not greet in time" {
	serve a true
	front etd-connect backends.cdb
	run -0 listen front
	[[ $output == '421 4.3.2 '* ]]
	ends SH
	stop front
	stop a
	rm front.log
	serve a sleep 60
	front ETD_GREETING_TIMEOUT=0.3 etd-connect backends.cdb
	run -0 listen front
	ends sH
}

# no_memory_at N: the Nth poll fails
no_memory_at() { front ETD_SYNC=greeting strace -f -o trace -e trace=poll -e "inject=poll:error=ENOMEM:when=$1" etd-connect backends.cdb; }

@test "without memory the client gets a 421 if it has no backend yet; otherwise the state is RD" {
	serve a sh -c 'echo 220; exec cat'
	for step in 1 2; do	# to connect, to be greeted
		no_memory_at $step
		run -0 listen front
		[[ $output == '421 4.3.0 '* ]]
		has front.log '^etd-connect: fatal: unable to wait for a: .*memory$'
		has front.log 'tcpserver: end [0-9]* status 28416$'	# 111
		stop front
		rm front.log
	done
	no_memory_at 3
	listen front
	ends RD
}

# built NAME: the program t/NAME.c, with the relay
built() {
	"$top/compile-daemon" -D_GNU_SOURCE -I "$top/lib" -I "$top/verdict" -I "$top/relay" -o "$1" "$top/t/$1.c" \
		"$top"/relay/{relay,flow,bulk,buffers,sync}.c "$top/verdict/talk.c" "$top/lib/libetd-daemon.a"
}

@test "in whatever order and pieces both sides send, read and close, each gets all that the other sent" {
	built walk
	run -0 timeout 60 ./walk 200
	[ -z "$output" ]
}

@test "a client that is refused hears the line to its end, though it reads late, or its first command still waits" {
	built refuse
	run -0 timeout 60 ./refuse line
	[ -z "$output" ]
	run -0 timeout 60 ./refuse command
	[ "$output" = $'said MAIL\r\nheard b\r' ]
}

@test "with 8 backends of smtp-sink, one that disconnects and one that says 421, no mail is lost" {
	command -v smtp-sink >/dev/null || skip 'no smtp-sink'
	fault=([1]='-q connect' [2]='-Q connect')
	for i in {1..8}; do
		free_port "s$i"
		# shellcheck disable=SC2086
		start "s$i" smtp-sink -u postfix -c ${fault[i]} "127.0.0.1:$(port "s$i")" 100
		echo "s$i 127.0.0.1:$(port "s$i") no-check" >>sinks
	done
	for i in {1..8}; do wait_for listens "$(port "s$i")"; done
	serve a true
	front true
	stop front
	cp sinks backends
	checkd -o -q backends backends.cdb
	serve front etd-connect -v backends.cdb
	run -0 smtp-source -c -s 10 -m 200 -f a@b.example -t c@d.example "127.0.0.1:$(port front)"
	wait_for eval '[ $(grep -c "etd-connect: end .* out=" front.log) -eq 200 ]'
	[ "$(count front.log 'failed .* backend=s1 ')" -gt 0 ]
	[ "$(count front.log 'failed .* backend=s2 .* reason="421')" -gt 0 ]
}

@test "STARTTLS and what follows it pass through: Postfix and openssl, with a mail of a megabyte" {
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=pf.example -days 2 -keyout key.pem -out cert.pem 2>/dev/null
	chmod 600 key.pem
	postfix_server a smtpd_tls_security_level=may "smtpd_tls_cert_file=$PWD/cert.pem" "smtpd_tls_key_file=$PWD/key.pem"
	front etd-connect -v backends.cdb
	: >heard
	{
		printf 'EHLO client.example\r\n'
		has heard '^250 '
		printf 'MAIL FROM:<me@client.example>\r\nRCPT TO:<you@front.example>\r\nDATA\r\n'
		has heard '^354 '
		head -c 750000 /dev/urandom | base64 | sed 's/$/\r/'
		printf '.\r\nQUIT\r\n'
	} | timeout 60 openssl s_client -quiet -starttls smtp -servername pf.example -CAfile cert.pem -verify_return_error \
		-connect "127.0.0.1:$(port front)" >heard 2>s_client.log
	grep -q '^250 2.0.0 Ok: queued' heard
	has a.mail.log 'size=10[0-9]\{5\}, '
	ends --
}
