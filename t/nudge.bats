load lib

@test "a backend that refuses a client is probed at once: its name comes in on backends.cdb.nudge" {
	mail_server a
	mail_server b
	printf '%s\n' 'default inter=1000 fastinter=0.1 fall=2' "a 127.0.0.1:$(port a)" "b 127.0.0.1:$(port b)" >backends
	start checkd checkd backends backends.cdb
	has_lines checkd.log ': up ' 2
	[ "$(stat -c '%A' backends.cdb.nudge)" = prw--w---- ]
	stop a
	printf 'a\n' >backends.cdb.nudge
	has checkd.log 'down backend=a .* failures=2 '
	[ "$(count b.log 'tcpserver: ok')" -eq 1 ]

	# In fragments, with foreign names and what is no name at all.
	printf 'nobody\n%0200d\n\n\0\nb' 0 >backends.cdb.nudge
	printf '\n' >backends.cdb.nudge
	has_lines b.log 'tcpserver: ok' 2
	[ "$(wc -l <checkd.log)" -eq 3 ]
}

@test "however many clients complain, a healthy backend is probed at most once a second for it" {
	mail_server a
	echo "a 127.0.0.1:$(port a) inter=1000" >backends
	start checkd checkd backends backends.cdb
	has checkd.log ': up '
	began=$EPOCHREALTIME
	while [ "$(ms_since "$began")" -lt 3200 ]; do echo a; done >backends.cdb.nudge
	wait_for eval '[ $(grep -c "tcpserver: end" a.log) -eq $(grep -c "tcpserver: ok" a.log) ]'
	probes=$(count a.log 'tcpserver: ok')
	[ "$probes" -ge 3 ]
	[ "$probes" -le $((2 + $(ms_since "$began") / 1000)) ]
}

@test "nor within a second of its first probe, or of one that ALRM has caused" {
	store a
	serve a sh -c 'date +%s%3N >>times; exec a/smtpd'
	printf '%s\n' "a 127.0.0.1:$(port a) inter=1000" 'b 127.0.0.1:25 disabled' >backends
	start checkd checkd backends backends.cdb
	has checkd.log ': up '
	echo a >backends.cdb.nudge
	wait_for eval '[ "$(wc -l <times)" -eq 2 ]'
	kill -ALRM "$(cat checkd.pid)"
	wait_for eval '[ "$(wc -l <times)" -eq 3 ]'
	wait_for eval '[ $(grep -c "tcpserver: end" a.log) -eq 3 ]'
	echo a >backends.cdb.nudge
	wait_for eval '[ "$(wc -l <times)" -eq 4 ]'
	awk '{ if (NR % 2 == 0 && $1 - last < 700) { print NR, $1 - last; exit 1 }; last = $1 }' times
}

@test "fastinter and downinter count from the start of the last probe, not from when its turn would have been" {
	serve a sh -c 'date +%s%3N >>times; echo 554 no'
	serve b sh -c '[ ! -e b.times ] || { date +%s%3N >>b.times; echo 554 no; exit; }; echo 220; read -r x; echo 250; read -r x; echo 221'
	printf '%s\n' 'default inter=1000 fall=2' "a 127.0.0.1:$(port a) downinter=1.5" "b 127.0.0.1:$(port b) fastinter=1.5" \
		'c 127.0.0.1:25 disabled' >backends
	start checkd checkd backends backends.cdb
	has checkd.log ': up '
	: >b.times
	kill -ALRM "$(cat checkd.pid)"
	has checkd.log 'down backend=b .* failures=2 '
	wait_for eval '[ "$(wc -l <times)" -ge 4 ]'
	# Of a, ALRM caused the second one.
	{ sed -n 3,4p times; echo; sed -n 1,2p b.times; } |
		awk '{ if ($1 && last && $1 - last < 1100) { print $1 - last; exit 1 }; last = $1 }'
}

@test "a 4xx to a probe that clients have caused is no failure: a rate limit says nothing of health" {
	store a
	store b
	serve a sh -c '[ -e busy ] && { echo 421 too many; exit; }; exec a/smtpd'
	serve b sh -c '[ -e busy ] && { echo 554 no; exit; }; exec b/smtpd'
	printf '%s\n' 'default inter=1000 fall=1' "a 127.0.0.1:$(port a)" "b 127.0.0.1:$(port b)" >backends
	start checkd checkd -v backends backends.cdb
	has_lines checkd.log ': up ' 2
	touch busy
	printf 'a\nb\n' >backends.cdb.nudge
	has checkd.log "^checkd: fail backend=a addr=127.0.0.1:$(port a) failures=0 step=greeting reason=\"421 too many\"$"
	has checkd.log 'down backend=b .* failures=1 step=greeting reason="554 no"$'
	[ "$(count checkd.log 'down backend=a')" -eq 0 ]
	kill -ALRM "$(cat checkd.pid)"	# one that no client has caused
	has checkd.log 'down backend=a .* failures=1 step=greeting reason="421 too many"$'
}

@test "the FIFO is made as soon as it can be; a file in its place is left alone" {
	echo "a 127.0.0.1:25 no-check" >backends
	echo mine >backends.cdb.nudge
	start checkd checkd backends backends.cdb
	has checkd.log '^checkd: warning: unable to open backends\.cdb\.nudge: it is not a FIFO$'
	wait_for test -s backends.cdb
	[ "$(cat backends.cdb.nudge)" = mine ]
	rm backends.cdb.nudge
	kill -HUP "$(cat checkd.pid)"
	wait_for test -p backends.cdb.nudge
	[ "$(grep -vc '^checkd: reload ' checkd.log)" -eq 1 ]
}
