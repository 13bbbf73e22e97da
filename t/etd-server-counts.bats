load lib

# What etd-server writes to ETD_COUNTS.

front() {	# [ VARIABLE=VALUE ... ] etd-server ...
	rm -f front.log
	start_server front env "$@"
}

# counted KEY: its number in counts.cdb
counted() { cdb -q counts.cdb "$1"; }

# ended: by TERM, when it writes the counts
ended() {
	kill -TERM "$(cat front.pid)"
	wait_for eval '! kill -0 "$(cat front.pid)"'
}

@test "the counts say how each client ended, by class and kind, and how long it had waited" {
	printf '%s\n' '127.0.0.2:allow,RELAYCLIENT=""' '127.0.0.3:deny' '127.0.0.4:allow,ETD_DELAY="x"' ':allow' |
		tcprules rules.cdb rules.tmp
	front ETD_COUNTS=counts.cdb ETD_DELAY=1.5 etd-server -1H -c 7 -x rules.cdb 127.0.0.1 0 echo 220
	from() { socat -u "TCP:127.0.0.1:$(port front),bind=$1" -; }
	began=$(date +%s)
	for i in 2 2 3 4 5; do from "127.0.0.$i"; done
	talk front <<<'EHLO x'
	printf 'GET / HTTP/1.0\r\n' | talk front
	printf 'QUIT\r\n' | talk front
	talk front </dev/null
	ended
	[ "$(counted server)" = 1 ]
	[ "$(counted accepted)" = 9 ]
	[ "$(counted exempt.nordns)" = 2 ]
	[ "$(counted deny.unknown)" = 1 ]
	[ "$(counted later.unknown)" = 1 ]
	[ "$(counted pass.nordns)" = 1 ]
	[ "$(counted early.nordns)" = 3 ]
	[ "$(counted early.nordns.smtp)" = 1 ]
	[ "$(counted early.nordns.http)" = 1 ]
	[ "$(counted early.nordns.quit)" = 1 ]
	[ "$(counted early.nordns.tls)" = 0 ]
	[ "$(counted hangup.nordns)" = 1 ]
	[ "$(counted pass.named)" = 0 ]
	[ "$(counted wait.pass.1)" = 0 ]
	[ "$(counted wait.pass.60)" = 1 ]
	[ "$(counted wait.pass.count)" = 1 ]
	[ "$(counted wait.pass.sum_ms)" -ge 1500 ]
	[ "$(counted wait.early.1)" -le 3 ]
	[ "$(counted wait.early.60)" = 3 ]
	[ "$(counted wait.early.count)" = 3 ]
	[ "$(counted programs_max)" = 7 ]
	[ "$(counted last_accept)" -ge "$began" ]
	[ "$(counted written)" -ge "$(counted last_accept)" ]
	[ "$(counted started)" -le "$began" ]
}

@test "the counts are there at the start, and new every 10 seconds" {
	front ETD_COUNTS=counts.cdb ETD_HELD=9 ETD_DELAY=60 etd-server -1H 127.0.0.1 0 true
	wait_for test -e counts.cdb
	[ "$(counted last_accept)" = 0 ]
	[ "$(counted held_max)" = 9 ]
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	wait_for eval '[ "$(counted held)" = 1 ]'
	[ "$(counted accepted)" = 1 ]
}

@test "counts that cannot be written are reported once, and stop nobody" {
	front ETD_COUNTS=sub/counts.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 echo 220
	[ "$(listen front)" = 220 ]
	ended
	[ "$(count front.log '^etd-server: warning: unable to create sub/counts\.cdb\.tmp: No such file or directory$')" -eq 1 ]
	mkdir sub
	front ETD_COUNTS=sub/counts.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 echo 220
	wait_for test -e sub/counts.cdb
}

# ends: the sum of how all ended
ends() { cdb -d -m counts.cdb | awk '$1 ~ /^(pass|exempt|known|early|listed|hangup|limit|deny|later)[.][a-z]*$/ { n += $2 } END { print n }'; }

@test "each client is counted once, also an early talker that was let in and then got no program" {
	front ETD_COUNTS=counts.cdb ETD_ACTION=log etd-server -1H 127.0.0.1 0 ./no-such-program
	[[ $(talk front <<<'EHLO x') == '421 '* ]]
	ended
	[ "$(counted early.nordns)" = 1 ]
	[ "$(ends)" = "$(counted accepted)" ]
	# The program of the first runs until the end; the second waits for its own then.
	front ETD_COUNTS=counts.cdb ETD_ACTION=log etd-server -1vH -c 1 127.0.0.1 0 sleep 60
	for i in 1 2; do start "early$i" socat -t 60 "TCP:127.0.0.1:$(port front)" SYSTEM:'echo EHLO; cat'; done
	has_lines front.log ': early ' 2
	ended
	[ "$(counted early.nordns)" = 2 ]
	[ "$(ends)" = "$(counted accepted)" ]
}
