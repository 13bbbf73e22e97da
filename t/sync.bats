load lib

# front [ VARIABLE=VALUE ... ] etd-connect ...: under tcpserver
front() {
	rm -f front.log
	serve front env "$@"
}

# heard_by NAME WORDS: a backend that greets with the words and keeps what it hears in NAME.heard
heard_by() { serve "$1" sh -c "printf '$2'; exec cat >>$1.heard"; }

# etd-connect starts when the client has talked: with talk_first, which looks and takes nothing
talk_first=(perl -MSocket -e 'recv(STDIN, $_, 1, MSG_PEEK); exec @ARGV')

# The last look is right before the greeting is sent: the client's bytes come while it is read.
slow_look=(strace -f -o trace -e trace=recvfrom -e inject=recvfrom:delay_exit=1000000)
talk_at_the_last_look() {
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	has trace MSG_PEEK
	echo HELO >&5
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$refused" ]
	has front.log 'early .* step=greeting '
}

refused=$'554 5.5.1 Refused: you talked before the greeting\r'
refused_helo=$'554 5.5.1 Refused: you talked before the reply to your first command\r'

@test "talk before the greeting is refused with a 554, and no backend hears it" {
	serve a sh -c 'cat >a.heard'	# never greets
	list a
	front "${talk_first[@]}" etd-connect backends.cdb
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
	has front.log '^etd-connect: early ip=127\.0\.0\.1 port=[0-9]* host="" class="" step=greeting waited=0\.[0-9]* bytes=18 kind=smtp text="EHLO spam\.example\\n"$'
	has front.log 'tcpserver: end [0-9]* status 0$'
	has a.log 'tcpserver: end'
	[ ! -s a.heard ]
}

@test "talk is early for as long as a slow backend has not greeted" {
	mkfifo go
	serve a sh -c 'read -r _ <go; printf "220 a\r\n"; exec cat >a.heard'
	list a
	front ETD_CLASS=named TCPREMOTEHOST=mail.example.org etd-connect backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	has a.log 'tcpserver: ok'
	echo HELO >&5
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$refused" ]
	has front.log 'early .* host=mail\.example\.org class=named step=greeting '
	echo >go
	has a.log 'tcpserver: end'
	[ ! -s a.heard ]
}

@test "what comes between the backend's greeting and its sending to the client is early talk too" {
	heard_by a '220 a\r\n'
	list a
	front "${slow_look[@]}" etd-connect backends.cdb
	talk_at_the_last_look
	has a.log 'tcpserver: end'
	[ ! -s a.heard ]
}

@test "a client's own PROXY header is refused, and reaches no backend" {
	heard_by a '220 a\r\n'
	list a
	front "${talk_first[@]}" etd-connect backends.cdb
	run -0 talk front <<<$'PROXY TCP4 10.0.0.1 10.0.0.2 1 25\r'
	[ "$output" = "$refused" ]
	has front.log 'early .* kind=proxy '
	[ ! -s a.heard ]
}

@test "a client whose backend closes within its greeting may say QUIT" {
	serve a printf '220-a'
	list a
	front etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	run -0 cat <&5
	[ "$output" = 220-a ]
	printf 'QUIT\r\n' >&5
	exec 5>&-
	has front.log 'tcpserver: end'
	[ "$(count front.log early)" -eq 0 ]
}

@test "a line of a greeting that goes on does not give the client the word" {
	mkfifo go
	serve a sh -c 'printf "220-a\r\n"; read -r _ <go; printf "220 a\r\n"; exec cat >a.heard'
	list a
	front etd-connect backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r line <&5
	[ "$line" = $'220-a\r' ]
	echo HELO >&5
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$refused" ]
	echo >go
	has a.log 'tcpserver: end'
	[ ! -s a.heard ]
}

# begun WORDS REST: the client has been sent these words, the last of which are the beginning of a line,
# and talks; the rest is the backend's to say from then on. The client hears $output after the last newline.
begun() {
	rm -f go
	mkfifo go
	serve a sh -c "printf '$1'; read -r _ <go; printf '$2'; exec cat >>a.heard"
	list a
	front etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -N "$(printf "$1" | wc -c)" line <&5
	[ "$line" = "$(printf "$1")" ]
	echo HELO >&5
	has front.log ': early .* step=greeting '
}
heard_then() {
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$1"$'\r\n'"$refused" ] || { echo "$output"; return 1; }
	has front.log "end .* out=$2 state=PR"
}

@test "a line of the greeting that has begun ends before the refusal: with the backend's own words" {
	begun '220-one\r\n220-tw' 'o\r\n220 three\r\n'
	echo >go
	heard_then o 18
	[ ! -s a.heard ]
}

@test "a line of the greeting that has begun ends before the refusal: with CRLF if no more comes" {
	begun '220-one\r\n220-tw' ''
	heard_then '' 15
	begun '220-one\r\n220 tw' ''	# or the backend closes
	stop a
	heard_then '' 15
}

@test "ETD_SYNC=helo: a line of the reply that has begun ends before the refusal, too" {
	mkfifo go
	serve a sh -c 'printf "220 a\r\n"; read -r _; printf "250-a\r\n250 "; read -r _ <go; printf "b\r\n"; cat'
	list a
	front ETD_SYNC=helo etd-connect backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r _ <&5
	printf 'EHLO a\r\n' >&5
	read -r -N 11 line <&5
	printf 'MAIL FROM:<a>\r\n' >&5
	has front.log 'early .* step=helo '
	echo >go
	run -0 cat <&5
	exec 5>&-
	[ "$output" = $'b\r\n'"$refused_helo" ]
}

@test "after the greeting the client talks as it likes, in pieces and many commands at once" {
	heard_by a '220-a\r\n220 a\r\n'
	list a
	front etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r _ <&5
	read -r _ <&5
	printf 'EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\n' >&5
	has a.heard RCPT
	exec 5>&-
	has front.log 'end .* state=--$'
	[ "$(count front.log early)" -eq 0 ]
}

@test "a silent client has its failover and its 421, as without ETD_SYNC" {
	serve a sleep 60
	free_port b
	heard_by c '220 c\r\n'
	list a b c
	front ETD_GREETING_TIMEOUT=1 etd-connect backends.cdb
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); head -n 1 <&5"
	[ "$output" = $'220 c\r' ]
	list a b
	run -0 listen front
	[ "$output" = $'421 4.3.2 no mail server available\r' ]
}

@test "ETD_REPLY and ETD_ACTION answer the early talker as etd-delay does" {
	heard_by a '220 a\r\n'
	list a
	front ETD_REPLY=$'450-4.7.1 slowly\n450 4.7.1 please' "${talk_first[@]}" etd-connect backends.cdb
	run -0 talk front <<<HELO
	[ "$output" = $'450-4.7.1 slowly\r\n450 4.7.1 please\r' ]
	front ETD_ACTION=rblsmtpd "${talk_first[@]}" etd-connect backends.cdb
	run -0 talk front <<<HELO
	[ "$output" = "$refused" ]
	[ ! -s a.heard ]
	# Logged, once, and let in.
	front ETD_ACTION=log "${talk_first[@]}" etd-connect -v backends.cdb
	run -0 talk front <<<'HELO a'
	[ "$output" = $'220 a\r' ]
	has front.log 'end .* in=7 .* state=--$'
	[ "$(count front.log 'early .* step=greeting .* text="HELO a\\n"')" -eq 1 ]
	[ "$(cat a.heard)" = 'HELO a' ]
}

@test "with ETD_ACTION=log an early talker keeps its failover" {
	serve a true
	heard_by b '220 b\r\n'
	list a b
	front ETD_ACTION=log "${talk_first[@]}" etd-connect -v backends.cdb
	run -0 talk front <<<'HELO a'
	[ "$output" = $'220 b\r' ]
	has front.log 'failed .* backend=a .* step=greeting'
	[ "$(cat b.heard)" = 'HELO a' ]
}

@test "a client that is exempt, or was let in though it talked, is not judged, and has its failover" {
	serve a true
	heard_by b '220 b\r\n'
	for result in exempt early; do
		list a b
		rm -f b.heard backends.cdb.turn
		head -c 8 /dev/zero >backends.cdb.turn
		front ETD_RESULT=$result "${talk_first[@]}" etd-connect -v backends.cdb
		run -0 talk front <<<'HELO a'
		[ "$output" = $'220 b\r' ]
		has front.log 'end .* backend=b .* state=--$'
		[ "$(count front.log early)" -eq 0 ]
		[ "$(cat b.heard)" = 'HELO a' ]
	done
	front ETD_RESULT=pass "${talk_first[@]}" etd-connect -v backends.cdb
	run -0 talk front <<<'HELO a'
	[ "$output" = "$refused" ]
}

@test "ETD_SYNC=helo: who does not wait for the reply to the first command is refused" {
	heard_by a '220 a\r\n'
	list a
	front ETD_SYNC=helo etd-connect -v backends.cdb
	# Both in one piece: the backend hears neither.
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r _ <&5
	printf 'EHLO a\r\nMAIL FROM:<a>\r\n' >both
	cat both >&5
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$refused_helo" ]
	has front.log 'early .* step=helo waited=[0-9.]* bytes=23 kind=smtp text="EHLO a\\r\\nMAIL FROM:<a>\\r\\n"$'
	has front.log 'end .* in=0 out=7 state=PR$'
	[ ! -s a.heard ]
	# One after the other: it hears the first.
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r _ <&5
	printf 'EHLO a\r\n' >&5
	has a.heard EHLO
	printf 'MAIL FROM:<a>\r\n' >&5
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$refused_helo" ]
	has front.log 'early .* step=helo .* bytes=15 kind=smtp text="MAIL FROM:<a>\\r\\n"$'
	has front.log 'end .* in=8 out=7 state=PR$'
	[ "$(cat a.heard)" = $'EHLO a\r' ]
}

@test "ETD_SYNC=helo: a client that does not wait for the reply to its command is told so, or what ETD_REPLY says" {
	heard_by a '220 a\r\n'
	list a
	for reply in '450 4.7.1 slowly' ''; do
		front ${reply:+ETD_REPLY="$reply"} ETD_SYNC=helo etd-connect backends.cdb
		exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
		read -r _ <&5
		printf 'EHLO a\r\nMAIL FROM:<a>\r\n' >&5
		run -0 cat <&5
		exec 5>&-
		[ "$output" = "${reply:-${refused_helo%$'\r'}}"$'\r' ]
	done
	# One that talked before the greeting is told of that.
	front ETD_SYNC=helo "${talk_first[@]}" etd-connect backends.cdb
	run -0 talk front <<<HELO
	[ "$output" = "$refused" ]
}

@test "ETD_SYNC=helo: what is no command within 2048 bytes is refused" {
	heard_by a '220 a\r\n'
	list a
	front ETD_SYNC=helo etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r _ <&5
	head -c 2049 /dev/zero >&5
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$refused_helo" ]
	has front.log 'early .* step=helo .* kind=binary '
}

@test "ETD_SYNC=helo: with ETD_ACTION=log all of it reaches the backend, and is logged once" {
	heard_by a '220 a\r\n'
	list a
	front ETD_SYNC=helo ETD_ACTION=log etd-connect -v backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r _ <&5
	printf 'EHLO a\r\nMAIL FROM:<a>\r\n' >&5
	has a.heard MAIL
	printf 'QUIT\r\n' >&5
	has a.heard QUIT
	exec 5>&-
	has front.log 'end .* in=29 out=7 state=--$'
	[ "$(count front.log 'early .* step=helo')" -eq 1 ]
}

@test "ETD_SYNC=helo: real clients that pipeline after EHLO's reply have their mail stored" {
	mail_server a
	list a
	front ETD_SYNC=helo etd-connect -v backends.cdb
	send front --pipeline
	smtp-source -m 20 -s 4 -f me@client.example -t you@front.example "inet:127.0.0.1:$(port front)"
	has_lines front.log 'end .* backend=a .* state=\(--\|CD\)$' 21	# it may leave without the 221
	[ "$(count front.log early)" -eq 0 ]
}

@test "ETD_SYNC=off: the client's first words reach the backend; what is none of the three is bad" {
	serve a sh -c 'read -r line; echo "heard $line"'
	list a
	front ETD_SYNC=off etd-connect backends.cdb
	run -0 talk front <<<first
	[ "$output" = 'heard first' ]
	front ETD_SYNC=on etd-connect backends.cdb
	run -0 listen front
	[[ $output == 421\ 4.3.0\ * ]]
	has front.log '^etd-connect: fatal: ETD_SYNC=on: not greeting, helo or off$'
}

@test "before a program, too, the client must be silent" {
	heard_by a '220 a\r\n'
	list a
	front "${slow_look[@]}" etd-connect backends.cdb sh -c 'head -n 1 <&6; echo started >&2'
	talk_at_the_last_look
	[ "$(count front.log started)" -eq 0 ]
}

@test "on pipes too, talk before the greeting is refused" {
	heard_by a '220 a\r\n'
	list a
	echo HELO | etd-connect backends.cdb >out 2>front.log
	[ "$(cat out)" = "$refused" ]
	has front.log 'early .* kind=smtp text="HELO\\n"$'
	[ ! -s a.heard ]
}

@test "a 4xx that reaches the client is state SQ, and logged by default" {
	serve a sh -c 'printf "421 busy\r\n"; cat >/dev/null'
	list a
	front etd-connect backends.cdb
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); head -n 1 <&5"
	[ "$output" = $'421 busy\r' ]
	has front.log 'end .* backend=a .* out=10 state=SQ$'
}

@test "a greeting's reason is its first line, though lines end with LF alone" {
	serve a sh -c 'printf "421-busy\n421 come later\n"'
	list a
	front etd-connect backends.cdb
	run -0 listen front
	has front.log 'failed .* step=greeting reason=421-busy$'
}

@test "all tries together end in time for the client's five minutes, the hold included" {
	serve a sleep 600
	serve b sleep 600
	serve c sleep 600
	list a b c
	# Of 290 seconds at least ten are left, after a hold and a wait for a program of any length: one backend
	# has all of them. What is no number is no wait.
	serve long env ETD_WAITED=301.5 ETD_GREETING_TIMEOUT=600 etd-connect -v backends.cdb
	serve longest env ETD_WAITED=99999999999999999999 ETD_GREETING_TIMEOUT=600 etd-connect -v backends.cdb
	serve none env ETD_WAITED=300x ETD_GREETING_TIMEOUT=600 etd-connect -v backends.cdb
	front ETD_WAITED=300 ETD_GREETING_TIMEOUT=600 etd-connect -v backends.cdb
	for name in none long longest; do start "$name.client" socat -u "TCP:127.0.0.1:$(port $name)" -; done
	start_ms=$EPOCHREALTIME
	run -0 timeout 60 socat -u "TCP:127.0.0.1:$(port front)" -
	[ "$output" = $'421 4.3.2 no mail server available\r' ]
	[ "$(ms_since "$start_ms")" -ge 9900 ]
	has front.log 'none .* tries=1 '
	for name in long longest; do has "$name.log" 'none .* tries=1 '; done
	[ "$(count none.log etd-connect)" -eq 0 ]
}
