load lib

# Clients that do anything at any time, while all around them changes: t/random. What happens depends on
# the seed and on how fast all are; to try a seed again: SEED=4711 bats t/etd-server-random.bats

: "${SEED:=$RANDOM}"

# surround: rules, names and what the list answers, which it may be slow to do, or do wrongly
surround() {
	local how i
	for i in {1..30}; do
		echo "127.1.1.$i:allow,$(one_of ETD_ACTION=log ETD_ACTION=rblsmtpd ETD_DELAY=0 ETD_DELAY=0.4 A=1 A=2 ETD_DNSBL= \
			ETD_DNSBL_ACTION=log ETD_PASSED= ETD_TEASER=teaser ETD_PER_CLIENT=1 ETD_DELAY=x | sed 's/=\(.*\)/="\1"/')"
	done >rules
	printf '%s\n' '=.bad.example:deny' '=.good.example:allow,RELAYCLIENT=""' ':allow' >>rules
	tcprules rules.cdb rules.tmp <rules
	how=$(one_of '' '' '' '' '' '!silent' '!late=0.4' '!noise' '!empty' '!rcode=2' '!tc' '!short')
	{
		echo "* PTR $how $(one_of x.good.example y.bad.example z.example)"
		for i in {25..40}; do echo "$i.1.1.127.bl.example A $how 127.0.0.2"; done
		printf '%s\n' '2.0.0.127.bl.example A 127.0.0.2' '* TXT why'
	} >zone.new
	mv zone.new zone
}
one_of() { local n=$((RANDOM % $# + 1)); echo "${!n}"; }

# shake: all that is new; for a while there are too few descriptors, or the program cannot be run
shake() {
	surround
	kill "-$(one_of CHLD CHLD CHLD HUP)" "$(cat front.pid)"
	prlimit --pid "$(cat front.pid)" --nofile="$(one_of 60 1000 1000 1000 1000 1000 1000):"
	chmod "$(one_of -x +x +x +x)" program
}

# none_left: no connection of the server's, and no program
none_left() {
	! ss -Htnp "sport = :$(port front)" | grep -q "pid=$(cat front.pid),"
	[ -z "$(pgrep -P "$(cat front.pid)")" ]
}

# ticks: of the processor, which the server has used
ticks() { awk '{ print $14 + $15 }' "/proc/$(cat front.pid)/stat"; }

# counted PATTERN: the sum of what the counts have under such keys
counted() { cdb -d -m counts.cdb | awk -v key="^$1\$" '$1 ~ key { n += $2 } END { print n + 0 }'; }

@test "whatever clients, rules, resolvers and programs do, each client has one end, and nothing stays behind" {
	echo "seed: SEED=$SEED"
	RANDOM=$SEED
	surround
	resolver "$(cat zone)"
	cat >program <<-'END'
		#!/bin/sh
		echo "220 $ETD_RESULT"
		case $TCPREMOTEPORT in *[0-4]) ;; *5) sleep 0.2 ;; *) kill -KILL $$ ;; esac
	END
	chmod +x program
	start_server front env DNSCACHEIP="$resolver" ETD_DNS_TIMEOUT=1 ETD_DNSBL=bl.example=127.0.0.2 ETD_PASSED=passed.cdb \
		ETD_PASSED_TTL=2 ETD_COUNTS=counts.cdb ETD_PER_CLIENT=6 ETD_STRESS_DELAY=0.3 ETD_HELD=120 ETD_DELAY=0.6 \
		ETD_PROXY_FROM=127.9.0.0/16 ETD_PROXY_TIMEOUT=1 etd-server -v1 -c 5 -b 4000 -x rules.cdb 127.0.0.1 0 ./program
	start random perl "$top/t/random" "$(port front)" "$SEED" 8
	while kill -0 "$(cat random.pid)" 2>/dev/null; do
		shake
		sleep 0.2
	done
	grep -q '^[0-9]* clients$' random.out
	run -1 grep -v '^[0-9]* clients$' random.out
	wait_for none_left
	# Nobody is at a limit any more.
	echo ':allow' | tcprules rules.cdb rules.tmp
	prlimit --pid "$(cat front.pid)" --nofile=1000:
	chmod +x program
	for i in {1..5}{,,,,,}; do listen_from "127.1.1.$i" front >>heard 3>&- & done
	wait_for eval '[ "$(count heard ^220)" -eq 30 ]'
	wait_for none_left
	# What is still asked for ends by itself. A loop that spins would use a second of each.
	wait_for eval 'before=$(ticks); sleep 1; [ $(($(ticks) - before)) -lt 10 ]'
	kill -TERM "$(cat front.pid)"
	wait_for eval '! kill -0 "$(cat front.pid)"'
	[ "$(counted held)" = 0 ]
	[ "$(counted programs)" = 0 ]
	[ "$(counted accepted)" -ge 500 ]
	[ "$(counted '(pass|exempt|known|early|listed|hangup|limit|deny|later)[.][a-z]*')" = "$(counted accepted)" ]
	[ "$(counted 'early[.][a-z]*[.][a-z]*')" = "$(counted 'early[.][a-z]*')" ]
	for end in pass exempt early hangup limit later; do
		[ "$(counted "$end[.][a-z]*")" -gt 0 ] || { echo "nobody ended as $end"; return 1; }
	done
	run grep -E -A 40 'ERROR: .*Sanitizer|runtime error' front.log
	echo "$output"
	[ "$status" -eq 1 ]
}
