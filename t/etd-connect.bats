load lib

# front [ VARIABLE=VALUE ... ] etd-connect ...: as env would run it, under tcpserver
front() {
	rm -f front.log
	serve front env "$@"
}

# greets NAME TEXT: a backend that sends the text and then echoes what it hears
greets() { serve "$1" sh -c "printf '$2'; exec cat"; }

@test "backends take turns" {
	greets a '220 a\r\n'
	greets b '220 b\r\n'
	greets c '220 c\r\n'
	list a b c
	front etd-connect -v backends.cdb
	for _ in 1 2 3 4 5 6; do listen_and_leave front >>greetings; done
	[ "$(grep -o '220 .' greetings | xargs)" = '220 a 220 b 220 c 220 a 220 b 220 c' ]
	has_lines front.log '^etd-connect: end ip=127\.0\.0\.1 port=[0-9]* backend=[abc] addr=127\.0\.0\.1:[0-9]* tries=1 connect=[0-9.]* greeting=[0-9.]* total=[0-9.]* in=0 out=7 state=--$' 6
}

@test "50 processes at once share the turns" {
	greets a '220 a\r\n'
	greets b '220 b\r\n'
	list a b
	front etd-connect backends.cdb
	for _ in {1..50}; do talk front </dev/null >>greetings & done
	wait
	[ "$(od -An -t d8 backends.cdb.turn | tr -d ' ')" -eq 50 ]
}

@test "a backend that refuses the connection makes room for the next one" {
	free_port a
	greets b '220 b\r\n'
	list a b
	front etd-connect -v backends.cdb
	run -0 listen_and_leave front
	[ "${lines[0]}" = $'220 b\r' ]
	has front.log '^etd-connect: failed ip=127\.0\.0\.1 port=[0-9]* backend=a addr=127\.0\.0\.1:[0-9]* step=connect reason="Connection refused"$'
	has front.log 'end .* backend=b .* tries=2 .* state=--$'
}

@test "a backend that closes before it has greeted makes room for the next one" {
	serve a true
	greets b '220 b\r\n'
	list a b
	front etd-connect backends.cdb
	run -0 talk front < <(wait_for has front.log failed; echo QUIT)
	[ "${lines[0]}" = $'220 b\r' ]
	has front.log 'failed .* backend=a .* step=greeting reason="connection closed"$'
}

@test "a backend that does not greet in time makes room for the next one" {
	serve a sleep 60
	greets b '220 b\r\n'
	list a b
	front ETD_GREETING_TIMEOUT=1 etd-connect backends.cdb
	run -0 listen_and_leave front
	[ "${lines[0]}" = $'220 b\r' ]
	has front.log 'failed .* backend=a .* step=greeting reason='
}

@test "a 4xx greeting makes room for the next one, and nothing of it reaches the client" {
	greets a '421 busy\r\n'
	greets b '220 b\r\n'
	list a b
	front etd-connect backends.cdb
	run -0 listen_and_leave front
	[ "$output" = $'220 b\r' ]
	has front.log 'failed .* backend=a .* step=greeting reason="421 busy"$'
}

@test "if all said 4xx, the client gets the last one's greeting" {
	greets a '421 busy a\r\n'
	greets b '450 busy b\r\n'
	list a b
	front etd-connect backends.cdb
	run -0 listen_and_leave front
	[ "$output" = $'450 busy b\r' ]
}

@test "a 5xx greeting is the client's" {
	greets a '554 no\r\n'
	greets b '220 b\r\n'
	list a b
	front etd-connect backends.cdb
	run -0 listen_and_leave front
	[ "$output" = $'554 no\r' ]
}

# taken_out [ VARIABLE=VALUE ... ]: of a and b, b leaves the list while a client waits for a; c comes in
taken_out() {
	mkfifo go
	serve a sh -c 'read -r _ <go'
	greets b '220 b\r\n'
	greets c '220 c\r\n'
	list a b
	front "$@" ETD_TRIES=2 ETD_BALANCE=first etd-connect backends.cdb
	listen_and_leave front >heard &
	has a.log 'tcpserver: ok'
	list a c
	echo >go
	wait $!
	[ "$(cat heard)" = $'220 c\r' ]
	[ "$(count b.log 'tcpserver: ok')" -eq 0 ]
}

@test "a backend that is taken out of use gets no client that has waited for another" { taken_out; }

@test "a backend that is taken out of use: the same after a switch to an account" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	let_others_in
	taken_out UID=65534 GID=65534
}

@test "with ETD_SYNC=off a client that speaks first has the backend under way" {
	serve a sh -c 'read -r line; echo "heard $line"'
	list a
	front ETD_SYNC=off ETD_GREETING_TIMEOUT=20 etd-connect backends.cdb
	run -0 talk front <<<'TLS, say'
	[ "$output" = 'heard TLS, say' ]
}

@test "with ETD_GREETING_TIMEOUT=0 the first connection is the one" {
	serve a true
	greets b '220 b\r\n'
	list a b
	front ETD_GREETING_TIMEOUT=0 etd-connect -v backends.cdb
	run -0 listen front
	[ "$output" = '' ]
	has front.log 'end .*backend=a .* greeting=-1 .* state=SD$'
}

@test "where there is no backend to be had, the client gets a 421, and the exit code is 111" {
	free_port a
	free_port b
	list a b
	front etd-connect backends.cdb
	run -0 listen front
	[ "$output" = $'421 4.3.2 no mail server available\r' ]
	has front.log '^etd-connect: none ip=127\.0\.0\.1 port=[0-9]* tries=2 reason="Connection refused" state=SC$'
	has front.log 'end [0-9]* status 28416$'
}

@test "ETD_TRIES is how many backends are tried" {
	free_port a
	free_port b
	greets c '220 c\r\n'
	list a b c
	front ETD_TRIES=2 etd-connect backends.cdb
	run -0 listen front
	[[ $output == 421* ]]
	has front.log 'none .* tries=2 '
}

@test "a list without backends is a 421" {
	list
	front etd-connect backends.cdb
	run -0 listen front
	[[ $output == 421* ]]
	has front.log 'none .* tries=0 reason="no backend listed" state=SC$'
}

@test "a missing, an unreadable or a damaged backends.cdb is one clear line and a 421" {
	refuses() {
		front etd-connect "$1"
		run -0 listen front
		[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
		has front.log "^etd-connect: fatal: $2$"
		has front.log 'end [0-9]* status 28416$'
		[ "$(count front.log etd-connect)" -eq 1 ]
	}
	refuses missing.cdb 'unable to open missing\.cdb: No such file or directory'
	mkdir directory.cdb
	refuses directory.cdb 'unable to read directory\.cdb: .*'
	echo short >short.cdb
	refuses short.cdb 'short\.cdb: damaged: no good record version'
	head -c 4096 /dev/zero | tr '\0' '\377' >noise.cdb
	refuses noise.cdb 'noise\.cdb: damaged: no good record version'
	echo 'version 2' | cdb -c -m new.cdb -
	refuses new.cdb 'new\.cdb: version 2, not 1'
	printf 'version 1\nslots 1\n0 a 127.0.0.1\n' | cdb -c -m bad.cdb -
	refuses bad.cdb 'bad\.cdb: damaged: record 0 is a 127\.0\.0\.1'
}

@test "without a counter that can be used the choice is random, said at -v" {
	greets a '220 a\r\n'
	list a
	rm backends.cdb.turn
	front etd-connect -v backends.cdb
	run -0 listen_and_leave front
	[ "$output" = $'220 a\r' ]
	has front.log '^etd-connect: random file=backends\.cdb\.turn reason="No such file or directory"$'
	echo >backends.cdb.turn		# too short
	run -0 listen_and_leave front
	has front.log '^etd-connect: random .* reason="Invalid argument"$'
}

@test "bad settings and bad usage are bad configuration, and a 421" {
	list
	for setting in ETD_TRIES=0 ETD_TRIES=many ETD_CONNECT_TIMEOUT= ETD_CONNECT_TIMEOUT=0 \
		ETD_GREETING_TIMEOUT=601 ETD_IDLE_TIMEOUT=-1 ETD_IDLE_TIMEOUT=0; do
		front $setting etd-connect backends.cdb
		run -0 listen front
		[[ $output == 421\ 4.3.0\ * ]]
		has front.log "^etd-connect: fatal: $setting: not "
		has front.log 'end [0-9]* status 25600$'
	done
	front etd-connect
	run -0 listen front
	[[ $output == 421\ 4.3.0\ * ]]
	has front.log '^etd-connect: usage: etd-connect '
}

@test "a close of one side's sending is passed on after all that was sent before it, each way" {
	head -c 10000000 /dev/urandom >sent
	serve a sh -c 'echo 220; cat >received; echo closed'
	list a
	front ETD_SYNC=off etd-connect -v backends.cdb
	run -0 talk front <sent
	[ "$output" = $'220\nclosed' ]
	cmp sent received
	has front.log 'end .* in=10000000 out=11 state=--$'

	# A backend that closes its sending first, and still hears all.
	rm received
	serve b socat -t 20 - SYSTEM:'echo 220; exec >&-; cat >received; touch heard'
	list b
	talk front < <(wait_for grep -q 220 greeting; cat sent) >greeting
	[ "$(cat greeting)" = 220 ]
	wait_for test -e heard
	cmp sent received
}

@test "what the backend said last arrives, though the client goes on sending" {
	serve a sh -c 'echo 220; head -c 100 >/dev/null; echo 421 enough'
	list a
	front ETD_SYNC=off etd-connect backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	head -c 100 /dev/zero >&5
	has a.log 'tcpserver: end'
	for _ in {1..10}; do echo more >&5; sleep 0.05; done	# as slow as it types
	run -0 cat <&5		# fails on a reset
	exec 5>&-
	[ "$output" = $'220\n421 enough' ]
}

@test "a slow reader stops the reading from its other side" {
	serve a sh -c 'echo 220; read -r go; cat >received'
	list a
	front etd-connect backends.cdb
	# The backend reads nothing until it is told to: a sender without bounds would not stop.
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r greeting <&5
	[ "$greeting" = 220 ]
	timeout 2 head -c 100000000 /dev/zero >&5 || status=$?
	[ "$status" -eq 124 ]
	exec 5>&-
}

@test "a session is over when no byte has moved for ETD_IDLE_TIMEOUT" {
	greets a '220 a\r\n'
	list a
	front ETD_IDLE_TIMEOUT=0.5 etd-connect -v backends.cdb
	run -0 listen front
	[ "$output" = $'220 a\r' ]
	has front.log 'end .* state=cD$'
}

@test "a client that leaves before the greeting ends the session" {
	serve a sleep 60
	list a
	front etd-connect -v backends.cdb
	run -0 talk front </dev/null
	has front.log 'end .* backend=a .* in=0 out=0 state=CH$'
}

@test "a client that breaks the connection is state CD, a backend SD" {
	serve a sh -c 'echo 220; sleep 60'	# will not end it
	list a
	front ETD_SYNC=off ETD_IDLE_TIMEOUT=2 etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	run -0 head -c 1 <&5
	exec 5>&-	# with bytes unread: RST
	has front.log 'end .* backend=a .* state=CD$'

	serve b sh -c 'echo 220; read -r line'	# leaves bytes unread too
	list b
	talk front <<<$'go\nand more' || :
	has front.log 'end .* backend=b .* state=SD$'
}

@test "the client may be on pipes" {
	greets a '220 a\r\n'
	list a
	head -c 1000000 /dev/urandom >sent
	cat sent | ETD_SYNC=off etd-connect -v backends.cdb 2>front.log | cat >received
	tail -c +8 received | cmp - sent
	has front.log 'end ip=unknown port="" .* in=1000000 out=1000007 state=--$'
}

@test "on pipes too, a backend that resets ends the session, and its last reply arrives" {
	serve a sh -c 'echo 220; read -r line; echo 421 enough'	# leaves bytes unread: RST
	list a
	mkfifo in
	exec 5<>in
	printf 'go\nand more' >&5
	ETD_SYNC=off ETD_IDLE_TIMEOUT=20 run -0 timeout 10 etd-connect backends.cdb <in
	[[ $output == *'421 enough'* ]]
}

@test "what the client sent last reaches the backend, though the client is gone and the backend goes on talking" {
	serve a perl -e '$| = 1; print "220 " . "x" x 20000000; 1 while sysread(STDIN, $_, 4096) and $n += length; open F, ">heard"; print F $n'
	list a
	front etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	head -c 3 <&5 >/dev/null
	head -c 300000 /dev/zero >&5
	exec 5>&-	# with bytes unread: RST
	wait_for test -s heard
	in=$(sed -n 's/.* in=\([0-9]*\) .*/\1/p' front.log)
	wait_for eval '[ "$(sed -n "s/.*etd-connect: end .* in=\([0-9]*\) .*/\1/p" front.log)" = "$(cat heard)" ]'
}

@test "a backend that closes without a word to a client that spoke first is a problem, and logged" {
	serve a sh -c 'read -r line'
	list a
	front ETD_SYNC=off etd-connect backends.cdb
	run -0 talk front <<<'TLS, say'
	has front.log 'end .* out=0 state=SD$'
}

@test "an urgent byte is not taken for a client that has left" {
	serve a sh -c 'cat >heard'
	list a
	front ETD_SYNC=off etd-connect -v backends.cdb
	perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die; send($s, "X", MSG_OOB); syswrite($s, "abc"); shutdown($s, 1); 1 while sysread($s, $_, 100)' "$(port front)"
	has front.log 'end .* in=3 '
}

@test "a damaged record that is not needed costs nothing" {
	greets a '220 a\r\n'
	printf 'version 1\nslots 2\n0 a 127.0.0.1 %s\n1 b nowhere\n' "$(port a)" | cdb -c -m backends.cdb -
	head -c 8 /dev/zero >backends.cdb.turn
	front etd-connect backends.cdb
	run -0 listen_and_leave front
	[ "$output" = $'220 a\r' ]
}

listen_and_leave() {
	exec 5<>"/dev/tcp/127.0.0.1/$(port "$1")"
	head -n 1 <&5
	exec 5>&-
}
