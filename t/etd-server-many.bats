load lib

# many N: this machine allows so many clients, and their server, at once
many() {
	ulimit -S -n "$(ulimit -H -n)"
	[ "$(ulimit -n)" -ge $(($1 + 200)) ] || skip "no more than $(ulimit -n) descriptors are allowed"
}

# front [ VARIABLE=VALUE ... ] etd-server [ OPTION ... ]: rules.cdb makes the steps of t/clients come
# about, for all others too. Its programs wait for a line of the FIFO go where GO is set.
front() {
	rm -f front.log
	printf '%s\n' '127.1.:allow,ETD_DELAY="300"' '127.2.1.:allow,ETD_DELAY="0.1"' '127.2.2.:allow,ETD_DELAY="8"' \
		'127.2.3.:allow,ETD_DELAY="0.1"' '127.2.4.:allow,ETD_DELAY="300"' '127.3.:allow,ETD_DELAY="1"' \
		'127.0.0.2:allow,ETD_DELAY="0",GO=""' ':allow,ETD_DELAY="0.1"' | tcprules rules.cdb rules.tmp
	mkfifo go
	resolver "$(printf '127.2.1.%s PTR !late=3 slow.example\n' {1..7})"
	start_server front env DNSCACHEIP="$resolver" "$@" -x rules.cdb -l front.example -b 4000 -1 127.0.0.1 0 \
		sh -c 'echo "220 $ETD_RESULT"; [ -z "${GO+set}" ] || read -r _ <go'
}

# clients NAME ARG ...: t/clients in the background, until it is ready
clients() {
	local name=$1
	shift
	start "$name" perl "$top/t/clients" "$(port front)" "$@"
	has "$name.out" '^ready$'
}

# heard NAME: what they heard, when all have ended
heard() {
	wait_for gone "$(cat "$1.pid")"
	tail -n +2 "$1.out"
}
refused='554 5.5.1 Refused: you talked before the greeting|'

@test "whatever one client does, in whatever step, 5,000 others are not disturbed, and each gets its due" {
	many 5200
	front etd-server -v -c 1
	start blocker socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has blocker.out 220
	clients held 4900 127.1
	clients passing 100 127.3
	clients manners manners
	[ "$(wc -l <manners.out)" -le 2 ]	# the first of them is silent, and waits for the program
	exec 6<>go
	echo >&6
	heard manners >got
	{
		for step in 1 2 3 4; do
			silent='220 pass|' none=''
			[ $step -ne 4 ] || silent=$refused none=$refused
			printf '%s\n' "$step silent: $silent" "$step early: $refused" "$step FIN: $none" "$step RST: " \
				"$step halfclose: $refused" "$step urgent: $refused" "$step drip: $refused"
		done
	} >wanted
	diff wanted got
	[ "$(heard passing)" = '220 100' ]
	[ "$(cat held.out)" = ready ]
	kill -TERM "$(cat front.pid)"
	[ "$(heard held)" = '421 4900' ]
	wait_for eval '! kill -0 "$(cat front.pid)"'
	[ "$(count front.log warning)" -eq 0 ]
	[ "$(count front.log 'end [0-9]* status 0')" -eq 104 ]	# the blocker, 100, three silent ones
	# A reset in the fourth step was answered before.
	[ "$(count front.log ': hangup ')" -eq 6 ]
	[ "$(count front.log ': early ')" -eq 19 ]
}

@test "TERM is a 421 for clients in every step, and programs go on" {
	front etd-server -v -c 1
	start blocker socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has blocker.out 220
	for a in 127.2.1.1 127.2.2.1 127.2.3.1; do start "$a" socat -u "TCP:127.0.0.1:$(port front),bind=$a" -; done
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"	# answered, and not gone
	echo EHLO >&5
	has front.log early
	has resolver.log 'PTR 1\.1\.2\.127'
	sleep 0.5
	kill -TERM "$(cat front.pid)"
	for a in 127.2.1.1 127.2.2.1 127.2.3.1; do has "$a.out" '^421 4\.3\.0 '; done
	run -0 cat <&5
	[[ $output == 554* ]]
	exec 5>&-
	wait_for eval '! kill -0 "$(cat front.pid)"'
	exec 6<>go
	echo >&6
	wait_for gone "$(cat blocker.pid)"
	[ "$(cat blocker.out)" = '220 exempt' ]
}

@test "after a kill -9 supervise starts it again: who was held is disconnected, and programs go on" {
	many 1200
	front etd-server	# for its files
	stop front
	mkdir service
	cat >service/run <<-EOF
		#!/bin/sh
		cd $PWD
		exec env DNSCACHEIP=$resolver etd-server -v -l front.example -x rules.cdb 127.0.0.1 $(port front) sh -c 'echo 220; read -r _ <go; echo 221' 2>>front.log
	EOF
	chmod +x service/run
	start supervise supervise service
	wait_for listens "$(port front)"
	start program socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has program.out 220
	clients held 1000 127.1
	old=$(svstat service | sed 's/.*(pid \([0-9]*\)).*/\1/')
	kill -KILL "$old"
	[ "$(heard held)" = 'nothing 1000' ]
	wait_for eval 'svstat service | grep -q "(pid" && ! svstat service | grep -q "(pid '"$old"')"'
	wait_for listens "$(port front)"
	start again socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has again.out 220
	[ "$(cat program.out)" = 220 ]
	exec 6<>go
	echo >&6
	echo >&6
	has program.out 221
	has again.out 221
}

@test "TERM is exit 0, whatever is under way, and nothing is left behind" {
	resolver '127.0.0.2 PTR !silent' '127.0.0.3 PTR !late=0.5 late.example' '* PTR mail.example.org'
	printf '127.0.0.4:allow,ETD_DELAY="0"\n:allow,ETD_DYNAMIC="^mail",ETD_DELAY="60"\n' | tcprules rules.cdb rules.tmp
	cat >run <<-EOF
		#!/bin/bash
		env DNSCACHEIP=$resolver ETD_DNS_TIMEOUT=60 etd-server -p -v -c 1 -x rules.cdb -1 127.0.0.1 0 sleep 1 &
		trap "kill -TERM \$!" TERM
		wait
		wait \$!
		echo \$? >status
	EOF
	chmod +x run
	start_server front ./run
	for a in 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6; do start "$a" socat -u "TCP:127.0.0.1:$(port front),bind=$a" -; done
	has resolver.log 'PTR 2\.0\.0\.127'
	has front.log 'ok '
	run -0 bash -c "echo EHLO | socat -t 20 - TCP:127.0.0.1:$(port front),bind=127.0.0.7"
	cp rules.cdb new && mv new rules.cdb	# some have rules of the old file
	kill -HUP "$(pgrep -P "$(cat front.pid)")"
	listen_from 127.0.0.4 front
	kill -TERM "$(cat front.pid)"
	wait_for test -s status
	[ "$(cat status)" = 0 ]
	run -1 grep -i sanitizer front.log
}
