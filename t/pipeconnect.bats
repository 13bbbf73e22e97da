load lib

# backend EHLO [ OPTION ... ]: one that does this, in bash, when EHLO comes; it logs the commands that it
# gets. What it does is in the file ehlo, and may be changed at any time.
backend() {
	echo "$1" >ehlo
	shift
	cat >script <<-'END'
		say() { printf '%s\r\n' "$@"; }
		say '220 hi'
		while read -r verb name; do
			echo "$verb" >&2
			case $verb in
			HELO) while [ -e slow ]; do touch held; sleep 0.05; done; say '250 hello' ;;
			EHLO) . ./ehlo ;;
			QUIT*) say '221 bye'; exit ;;
			esac
		done
	END
	serve odd bash script
	echo "odd 127.0.0.1:$(port odd) helo=mx.example $*" >backends
}
offer='say 250-odd 250-PIPELINING 250-PIPECONNECT "250 HELP"'
no_offer='say 250-odd 250-PIPELINING "250 HELP"'
warning='checkd: warning: odd advertises PIPECONNECT: '

# daemon: checkd on that backend, which has passed once
daemon() {
	start checkd checkd -v backends backends.cdb
	has checkd.log ': up backend=odd .* passes=1$'
}

@test "whatever a backend does at EHLO, it is up if it answers HELO, and its reply to HELO is shown" {
	backend true
	for ehlo in 'say "502 what is that"' 'exit' 'say "421 closing"; exit' 'kill -KILL $$' 'sleep 60' 'say 250-x; sleep 60' \
		'say nonsense' 'yes 250-x' 'say 250-x "251 y"' "printf '250 a\0b\r\n'" "$offer"; do
		echo "$ehlo" >ehlo
		checkd -o backends backends.cdb
		key_is =odd 'state=up * passes=1 failures=0 last="250 hello"*'
	done
	[ "$(count odd.log '^HELO')" -eq 11 ]
	[ "$(count odd.log '^EHLO')" -eq 11 ]
}

@test "a backend that never answers EHLO is up at once, and is asked again in an hour, not at each probe" {
	local begun=$EPOCHREALTIME
	backend 'sleep 60' inter=0.1
	daemon
	[ "$(ms_since "$begun")" -lt 4000 ]
	has_lines odd.log '^HELO' 5
	[ "$(count odd.log '^EHLO')" -eq 1 ]
	[ "$(count checkd.log 'fail\|down\|PIPECONNECT')" -eq 0 ]
}

@test "checkd says once that a backend advertises PIPECONNECT, and once that it no longer does" {
	backend "$offer" inter=0.1
	daemon
	has checkd.log "^$warning"
	has_lines odd.log '^HELO' 5
	[ "$(count odd.log '^EHLO')" -eq 1 ]	# the next one is in an hour, or when it is told to
	echo "$no_offer" >ehlo
	kill -ALRM "$(cat checkd.pid)"
	has checkd.log '^checkd: warning: odd no longer advertises PIPECONNECT$'
	kill -HUP "$(cat checkd.pid)"
	has checkd.log ': reload '
	has_lines odd.log '^HELO' 15
	[ "$(count odd.log '^EHLO')" -eq 2 ]
	[ "$(count checkd.log PIPECONNECT)" -eq 2 ]
}

@test "the list says it as soon as checkd knows it, and no longer than that" {
	backend "$offer" inter=1000
	daemon
	wait_for key_is =odd '* pipeconnect=yes'
	echo "$no_offer" >ehlo
	kill -ALRM "$(cat checkd.pid)"
	wait_for key_is =odd '* last="250 hello"'
}

@test "with ehlo= each probe sees it; servers that take turns at one address are not said all the time" {
	backend 'if [ -e turn ]; then rm turn; say 250-odd "250 PIPECONNECT"; else >turn; say "250 odd"; fi' ehlo=mx.example inter=0.1
	daemon
	has_lines odd.log '^EHLO' 12
	[ "$(count odd.log HELO)" -eq 0 ]
	[ "$(count checkd.log "^$warning")" -eq 1 ]
	[ "$(count checkd.log 'no longer')" -eq 1 ]
}

@test "a backend that comes back after a failure is asked again: it may be another server" {
	backend "$no_offer" inter=0.1 rise=1 fall=1
	daemon
	stop odd
	has checkd.log ': down '
	echo "$offer" >ehlo
	serve_again odd bash script
	has checkd.log "^$warning"
}

@test "checkd that is started again says it again, or that it is over, and the list knows it meanwhile" {
	backend "$offer"
	checkd -o backends backends.cdb
	key_is =odd '* last="250 hello" pipeconnect=yes'
	start checkd checkd backends backends.cdb
	has checkd.log "^$warning"
	stop checkd
	key_is =odd '* pipeconnect=yes'
	echo "$no_offer" >ehlo
	start checkd checkd backends backends.cdb
	has checkd.log 'odd no longer advertises PIPECONNECT$'
	checkd -oq backends backends.cdb
	key_is =odd '* last="250 hello"'
}

@test "HUP that turns helo= into ehlo= takes no reply to HELO for one to EHLO" {
	backend "$offer" inter=0.1
	daemon
	has checkd.log "^$warning"
	touch slow
	wait_for test -e held
	sed -i s/helo=/ehlo=/ backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log ': reload '
	rm slow
	has_lines odd.log '^EHLO' 3
	[ "$(count checkd.log PIPECONNECT)" -eq 1 ]
}

# offers REPLY: whether checkd finds PIPECONNECT in these lines
offers() {
	echo "$1" >ehlo
	checkd -o backends backends.cdb 2>&1 | grep -q "^$warning"
}

@test "the keyword has a line of its own below the first one, in any case; its older names count, too" {
	backend true
	for keyword in PIPECONNECT pipeconnect PIPE_CONNECT X_PIPE_CONNECT 'PIPECONNECT 1'; do
		offers "say 250-odd '250-$keyword' '250 HELP'"
		offers "say 250-odd '250 $keyword'"
	done
	offers 'for c in 2 5 0 - x "\r\n" 2 5 0 - P I P E C O N N E C T "\r\n2" 5 "0 x\r\n"; do printf "$c"; sleep 0.002; done'
	run ! offers 'say "250 PIPECONNECT"'
	run ! offers 'say 250-PIPECONNECT "250 HELP"'
	run ! offers 'say 250-odd 250-PIPECONNECTED 250-XPIPECONNECT 250-X_PIPE_CONNECTED "250 no PIPECONNECT"'
	run ! offers 'say 250-odd "550 PIPECONNECT"'
	run ! offers 'say 550-odd "550 PIPECONNECT"'
}

@test "-c asks all backends at once, for a few seconds; one that does not answer changes nothing" {
	local begun=$EPOCHREALTIME
	backend "$offer"
	serve silent sleep 60
	{
		echo "default send-proxy"
		for i in $(seq 20); do echo "silent$i 127.0.0.$i:$(port silent)"; done
		echo "lost 192.0.2.1:25"
		echo "closed 127.0.0.1:1"
		echo "out localhost:$(port odd) disabled"
		echo "unchecked 127.0.0.2:$(port odd) no-check"
	} >>backends
	run -0 checkd -c backends
	[ "$(grep -c PIPECONNECT <<<"$output")" -eq 1 ]
	[[ $output == *"$warning"*$'\ncheckd: good source=backends backends=25 backup=0 disabled=1' ]]
	[ "$(ms_since "$begun")" -lt 8000 ]
	[ "$(count odd.log '^EHLO')" -eq 1 ]
}

@test "etd-status shows it in the table, as JSON, as a metric and as a WARNING" {
	backend "$offer"
	mail_server a
	echo "a 127.0.0.1:$(port a) helo=mx.example" >>backends
	checkd -oq backends backends.cdb
	run -0 etd-status backends.cdb
	[[ $output == *$'\n\nodd advertises PIPECONNECT: Exim clients that know it talk early, and are refused' ]]
	etd-status -j backends.cdb | jq -e '[.backends[].pipeconnect] == [true, false]'
	etd-status -p backends.cdb >metrics
	promtool check metrics <metrics
	grep -qFx "etd_backend_pipeconnect{backend=\"odd\",address=\"127.0.0.1:$(port odd)\"} 1" metrics
	grep -qFx "etd_backend_pipeconnect{backend=\"a\",address=\"127.0.0.1:$(port a)\"} 0" metrics
	run -1 etd-status -n backends.cdb
	[[ $output == 'ETD WARNING - 2 of 2 up, odd advertises PIPECONNECT | up=2;'* ]]
}
