load lib

# source_file LINE ...: the file backends, with probes that follow each other quickly
source_file() {
	printf '%s\n' 'default helo=mx.example inter=0.2 rise=2 fall=3' "$@" >backends
}

# address SERVER
address() { echo "127.0.0.1:$(port "$1")"; }

run_checkd() { start checkd checkd "$@" backends backends.cdb; }

@test "a backend that dies is taken out of backends.cdb, and brought back when it lives again" {
	mail_server smtp1
	mail_server smtp2
	source_file "smtp1 $(address smtp1)" "smtp2 $(address smtp2)"
	run_checkd
	has checkd.log "^checkd: up backend=smtp1 addr=$(address smtp1) passes=1$"
	has checkd.log "^checkd: up backend=smtp2 addr=$(address smtp2) passes=1$"
	wait_for key_is slots 2
	[ "$(key 0)" = "smtp1 127.0.0.1 $(port smtp1)" ]
	[ "$(key 1)" = "smtp2 127.0.0.1 $(port smtp2)" ]
	[ "$(key version)" = 1 ]
	[ "$(key written)" -le "$EPOCHSECONDS" ]
	[[ $(key =smtp1) == "state=up addr=$(address smtp1) since="*" passes="*" failures=0 last=\"250 smtp1.example\"" ]]
	[ "$(stat -c '%a %s' backends.cdb.turn)" = '664 8' ]

	stop smtp1
	has checkd.log "^checkd: down backend=smtp1 addr=$(address smtp1) failures=3 step=connect reason=\"Connection refused\"$"
	wait_for key_is slots 1
	[ "$(key 0)" = "smtp2 127.0.0.1 $(port smtp2)" ]
	[[ $(key =smtp1) == "state=down "*" passes=0 failures="*" last=\"Connection refused\"" ]]

	serve_again smtp1 smtp1/smtpd
	has checkd.log 'up backend=smtp1 .* passes=2$'
	wait_for key_is slots 2
}

@test "a single failure is logged with -v and changes nothing" {
	store smtp1
	serve smtp1 sh -c '[ -e busy ] && { rm busy; echo 421 busy; exit; }; exec smtp1/smtpd'
	source_file "smtp1 $(address smtp1)"
	run_checkd -v
	wait_for key_is =smtp1 'state=up *'
	touch busy
	has checkd.log "^checkd: fail backend=smtp1 addr=$(address smtp1) failures=1 step=greeting reason=\"421 busy\"$"
	has_lines smtp1.log 'tcpserver: ok' 4
	[ "$(count checkd.log down)" -eq 0 ]
	[ "$(count checkd.log fail)" -eq 1 ]
}

@test "a probe never speaks before the greeting, and always says QUIT" {
	store smtp1
	serve smtp1 sh -c 'read -r -t 1 early && touch early; printf "220-one\r\n220 two\r\n"; tee -a heard | smtp1/smtpd'
	source_file "smtp1 $(address smtp1) timeout=10"
	run_checkd
	has checkd.log 'up backend=smtp1'
	has heard QUIT
	[ ! -e early ]
	[ "$(head -n 3 heard)" = $'HELO mx.example\r\nEHLO mx.example\r\nQUIT\r' ]
}

@test "if none is up, backends.cdb lists them all" {
	mail_server smtp1
	mail_server smtp2
	source_file "smtp1 $(address smtp1)" "smtp2 $(address smtp2)"
	stop smtp1
	stop smtp2
	run_checkd
	has checkd.log '^checkd: warning: none up: backends\.cdb lists all$'
	wait_for key_is slots 2
	[[ $(key =smtp1) == state=down* ]]
}

@test "probes of many backends run side by side: one that never greets delays no other" {
	serve silent sleep 60
	mail_server smtp1
	source_file "silent $(address silent) timeout=60" "smtp1 $(address smtp1)"
	run_checkd
	has checkd.log 'up backend=smtp1'
	has_lines smtp1.log 'tcpserver: ok' 5
	[[ $(key =silent) == state=unknown* ]]
}

@test "after kill -9 the states in the old file are where it starts" {
	mail_server smtp1
	mail_server smtp2
	source_file "smtp1 $(address smtp1)" "smtp2 $(address smtp2)"
	run_checkd
	wait_for key_is slots 2
	stop checkd
	stop smtp2
	rm checkd.log
	run_checkd -v
	# Known to be up, it needs three failures; new, one would have done.
	has checkd.log 'down backend=smtp2 .* failures=3 '
	[ "$(count checkd.log ' up ')" -eq 0 ]
}

@test "what cannot be written is said once, the old file stays, and it is tried again" {
	mail_server smtp1
	source_file "smtp1 $(address smtp1)"
	echo old >backends.cdb
	mkdir backends.cdb.tmp		# in the way
	run_checkd
	has checkd.log '^checkd: warning: unable to create backends\.cdb\.tmp: Is a directory$'
	has_lines smtp1.log 'tcpserver: ok' 15	# two more tries, one a second
	[ "$(cat backends.cdb)" = old ]
	rmdir backends.cdb.tmp
	wait_for key_is slots 1
	[ "$(count checkd.log unable)" -eq 1 ]
}

@test "each bad line of the source is named, by its number, and the exit code is 100" {
	cat >backends <<-'EOF'
		# a comment, and then an empty line

		default	helo=mx.example inter=0 rise=two
		smtp1 10.0.0.1:25 wieght=2
		smtp2 10.0.0.2
		smtp3 10.0.0.3:99999
		smtp4
		smtp1 10.0.0.5:25
		smtp/6 10.0.0.6:25
		smtp7 2001:db8::7:25
		smtp8 [2001:db8::8]:25 fall
		smtp9 10.0.0.9:25 backup=yes weight=257
		smtp10 10.0.0.10:25 source=mx.example send-proxy=1
	EOF
	run -100 checkd backends backends.cdb
	diff - <(echo "$output") <<-'EOF'
		checkd: fatal: backends:3: inter=0: not seconds from 0.1 to 86400
		checkd: fatal: backends:3: rise=two: not a number from 1 to 100
		checkd: fatal: backends:4: unknown option wieght
		checkd: fatal: backends:5: bad address 10.0.0.2: not address:port
		checkd: fatal: backends:6: bad address 10.0.0.3:99999: not address:port
		checkd: fatal: backends:7: smtp4 has no address
		checkd: fatal: backends:8: a second backend smtp1
		checkd: fatal: backends:9: bad name smtp/6
		checkd: fatal: backends:10: bad address 2001:db8::7:25: not address:port
		checkd: fatal: backends:11: fall: needs a value
		checkd: fatal: backends:12: backup: takes no value
		checkd: fatal: backends:12: weight=257: not a number from 0 to 256
		checkd: fatal: backends:13: source=mx.example: not client or an address
		checkd: fatal: backends:13: send-proxy: takes no value
	EOF
	[ ! -e backends.cdb ]
}

@test "a source that is missing or lists nothing is exit 100" {
	run -100 checkd missing backends.cdb
	[ "$output" = 'checkd: fatal: unable to open missing: No such file or directory' ]
	echo '# none' >backends
	run -100 checkd backends backends.cdb
	[ "$output" = 'checkd: fatal: backends: no backend' ]
	run -100 checkd backends
	[ "$output" = 'checkd: usage: checkd [ -coqQv ] backends backends.cdb' ]
}

# slots: the names that backends.cdb lists, in their order
slots() {
	for ((i = 0; i < $(key slots); i++)); do key $i | cut -d ' ' -f 1; done | xargs
}
slots_are() { [ "$(slots)" = "$1" ]; }

@test "a backend has slots by its weight, spread out evenly; one of weight 0 has none" {
	for name in a b c d; do mail_server $name; done
	source_file "a $(address a) weight=6" "b $(address b) weight=4" "c $(address c) weight=2" "d $(address d) weight=0"
	run_checkd
	has_lines checkd.log ': up ' 4
	wait_for slots_are 'a b a c b a'
	[[ $(key =d) == 'state=up '*' weight=0 '* ]]
}

@test "a backup is used only while no other backend is up" {
	mail_server a
	mail_server b
	source_file "a $(address a)" "b $(address b) backup"
	run_checkd
	has_lines checkd.log ': up ' 2
	wait_for slots_are a
	stop a
	wait_for slots_are b
	stop b
	wait_for slots_are 'a b'
}

@test "where all that are up have weight 0, backends.cdb lists all that are not disabled" {
	mail_server b
	run -0 pool 'a 127.0.0.1:1 timeout=1' "b $(address b) weight=0" 'c 127.0.0.1:1 disabled'
	slots_are 'a b'
	run -0 checkd -o backends backends.cdb
	[[ $output == *'checkd: warning: none up: backends.cdb lists all' ]]
	run -0 pool "b $(address b) weight=0" "c $(address b) weight=0 backup"
	slots_are 'b c'
	run -0 pool "b $(address b) weight=0" 'c 127.0.0.1:1 disabled'
	slots_are b
	run -0 pool "b $(address b) weight=0" "c $(address b) backup"
	slots_are c
}

@test "where all are disabled, backends.cdb lists none, and checkd says so" {
	printf '%s\n' 'a 127.0.0.1:1 disabled' 'b 127.0.0.1:1 disabled' >backends
	run -111 checkd -o backends backends.cdb
	[ "$output" = 'checkd: warning: none up: backends.cdb lists none' ]
	[ "$(key slots)" = 0 ]
}

@test "a disabled backend is out of use, one with no-check is always up; neither is probed" {
	mail_server a
	mail_server b
	serve c true
	stop c
	source_file "a $(address a)" "b $(address b) disabled" "c $(address c) no-check"
	run_checkd
	has checkd.log 'up backend=a'
	wait_for slots_are 'a c'
	[[ $(key =b) == state=disabled* && $(key =c) == state=up* ]]
	has_lines a.log 'tcpserver: ok' 5
	[ "$(count b.log 'tcpserver: ok')" -eq 0 ]
	[ "$(count checkd.log 'backend=[bc]')" -eq 0 ]
}

# gap NAME: the median of the last five times between its probes' starts, in tenths of a second, from
# strace's log. A busy machine starts one late, and the next on time.
gap() {
	sed -n "s/^\([0-9.]*\) connect(.*htons($(port "$1")).*/\1/p" trace | tail -n 6 |
		awk 'NR > 1 { print int(($1 - last) * 10 + 0.5) } { last = $1 }' | sort -n | sed -n 3p
}

# probed NAME TIMES
probed() { has_lines trace "htons($(port "$1"))" "$2"; }

@test "since= is kept over a restart where the state is, and only there" {
	source_file 'a 127.0.0.1:1' 'b 127.0.0.1:1 disabled' 'c 127.0.0.1:1 no-check' 'd 127.0.0.1:1'
	run_checkd
	has_lines checkd.log ': down ' 2
	wait_for key_is =d 'state=down *'
	stop checkd
	cdb -d -m backends.cdb | sed 's/since=[0-9]*/since=1700000000/' | cdb -c -m backends.cdb -
	source_file 'a 127.0.0.1:1' 'b 127.0.0.1:1 disabled' 'c 127.0.0.1:1 no-check' 'd 127.0.0.1:1 no-check'
	run_checkd
	wait_for key_is =d 'state=up *'
	for key in =a =b =c; do key_is $key '* since=1700000000 *'; done
	run ! key_is =d '* since=1700000000 *'
}

@test "fastinter counts in transition, downinter when settled down, inter when settled up" {
	mail_server up
	mail_server failing
	free_port down
	free_port passing
	source_file 'default inter=1 fastinter=0.3 downinter=2 rise=100 fall=100' \
		"up $(address up)" "down $(address down)" "failing $(address failing)" "passing $(address passing)"
	start checkd strace -ttt -e trace=connect -o trace checkd -v backends backends.cdb
	has checkd.log 'up backend=failing'
	has checkd.log 'down backend=passing'
	stop failing
	store passing
	serve_again passing passing/smtpd
	has checkd.log 'fail backend=failing'
	has passing.log 'tcpserver: ok'
	probed down 6
	for name in failing passing; do probed $name $(($(count trace "htons($(port $name))") + 6)); done
	echo "gaps: $(for name in up down failing passing; do gap $name; done | xargs)"
	[ "$(gap failing)" -lt 6 ]
	[ "$(gap passing)" -lt 6 ]
	[ "$(gap up)" -ge 6 ]
	[ "$(gap up)" -lt 15 ]
	[ "$(gap down)" -ge 15 ]
}

@test "a greeting that takes longer than inter is no failure: timeout is apart from it" {
	store a
	serve a sh -c 'sleep 2; exec a/smtpd'
	source_file "a $(address a) inter=0.5 timeout=10"
	run_checkd -v
	has_lines a.log 'tcpserver: end' 3
	[ "$(count checkd.log ': up ')" -eq 1 ]
	[ "$(count checkd.log 'fail\|down')" -eq 0 ]
}

@test "HUP reads the source again: what stays keeps its state, a bad file changes nothing and is said" {
	for name in a b c; do mail_server $name; done
	source_file "a $(address a)" "b $(address b)"
	run_checkd -v
	wait_for slots_are 'a b'
	echo 'c nowhere' >>backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log '^checkd: warning: backends:4: bad address nowhere: not address:port$'
	has checkd.log '^checkd: warning: backends is ignored: nothing changes$'
	stop b
	has checkd.log 'down backend=b'	# it still probes the old ones
	since=$(key =a | grep -o 'since=[0-9]*')
	source_file "c $(address c)" "a $(address a) weight=2" "b $(address b)"
	kill -HUP "$(cat checkd.pid)"
	wait_for slots_are 'a c a'
	[[ $(key =a) == *"$since "* && $(key =b) == state=down* ]]
	[ "$(count checkd.log 'up backend=a')" -eq 1 ]
	[ "$(count checkd.log 'down backend=b')" -eq 1 ]
	source_file "c $(address c)"
	kill -HUP "$(cat checkd.pid)"
	wait_for slots_are c
	[ -z "$(key =a)" ]
}

@test "HUP logs each backend that was added or removed, each option that was changed, and a reload" {
	source_file 'a 127.0.0.1:9' 'b 127.0.0.2:9' 'c 127.0.0.3:9 disabled' 'd localhost:9' 'e 127.0.0.5:9'
	sed -i 's/ inter=0.2 / inter=60 /' backends
	run_checkd
	has_lines checkd.log 'down backend=' 4
	reload() {
		: >checkd.log
		kill -HUP "$(cat checkd.pid)"
		has checkd.log '^checkd: reload '
		grep -v -e ' up ' -e ' down ' -e ' none up: ' checkd.log >said
	}
	reload
	diff said - <<<'checkd: reload backends=5 added=0 removed=0 changed=0'
	source_file 'a 127.0.0.1:9 weight=0 disabled' 'c 127.0.0.3:9 send-proxy-v2 fastinter=0.25' \
		'd localhost:10 ehlo=new.example' 'f 127.0.0.6:9' 'e 127.0.0.5:9 source=127.0.0.9'
	sed -i 's/ inter=0.2 / inter=60 /' backends
	reload
	diff said - <<-'EOF'
		checkd: removed backend=b addr=127.0.0.2:9
		checkd: changed backend=a addr=127.0.0.1:9 option=weight now=0 was=1
		checkd: changed backend=a addr=127.0.0.1:9 option=disabled now=yes was=no
		checkd: changed backend=c addr=127.0.0.3:9 option=fastinter now=0.250 was=inter
		checkd: changed backend=c addr=127.0.0.3:9 option=disabled now=no was=yes
		checkd: changed backend=c addr=127.0.0.3:9 option=send-proxy now=v2 was=no
		checkd: changed backend=d addr=localhost:10 option=address now=localhost:10 was=localhost:9
		checkd: changed backend=d addr=localhost:10 option=helo now="EHLO new.example" was="HELO mx.example"
		checkd: added backend=f addr=127.0.0.6:9
		checkd: changed backend=e addr=127.0.0.5:9 option=source now=127.0.0.9 was=no
		checkd: reload backends=5 added=1 removed=1 changed=4
	EOF
	echo 'g nowhere' >>backends
	: >checkd.log
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'is ignored'
	run ! grep reload checkd.log
}

@test "HUP while it starts is obeyed, and does not end it" {
	for ((i = 0; i < 90000; i++)); do echo "b$i 127.0.0.1:25 no-check"; done >backends
	checkd -o -q backends backends.cdb
	run_checkd
	# The source is being read, or the old list
	wait_for eval '[ "$(awk "/^VmRSS/ { print \$2 }" "/proc/$(cat checkd.pid)/status")" -gt 20000 ]'
	kill -HUP "$(cat checkd.pid)"
	has checkd.log '^checkd: reload '
}

@test "HUP: a probe under way goes on, and its result counts" {
	serve a sh -c 'sleep 1.5; echo 220 a; read -r helo; echo 250 a; read -r quit; echo 221 a'
	source_file "a $(address a) inter=60 timeout=10" 'b 127.0.0.1:25 disabled'
	run_checkd
	has a.log 'tcpserver: ok'
	sed -i /^b/d backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'up backend=a .* passes=1$'
	[ "$(count a.log 'tcpserver: ok')" -eq 1 ]
}

@test "HUP: the counters of what stays go on" {
	store c
	serve c sh -c '[ -e busy ] && { echo 421 busy; exit; }; exec c/smtpd'
	source_file "c $(address c) inter=0.3 fall=4"
	run_checkd -v
	has checkd.log 'up backend=c'
	touch busy
	has checkd.log 'fail backend=c .* failures=2 '
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'down backend=c .* failures=4 '
	[ "$(count checkd.log 'failures=1 ')" -eq 1 ]
}

@test "HUP: a shorter inter, downinter or fastinter counts from the last probe, not only after the old one is over" {
	mail_server a
	for name in dead back; do
		serve $name true
		stop $name
	done
	store c
	serve c sh -c '[ -e busy ] && { echo 421 busy; exit; }; exec c/smtpd'
	source_file 'default inter=9000' "a $(address a)" "dead $(address dead)" "back $(address back) inter=0.2 downinter=9000 rise=1" \
		"c $(address c) inter=0.2 fastinter=9000"
	run_checkd -v
	has_lines checkd.log 'down backend=' 2
	has checkd.log 'up backend=c'
	touch busy
	has checkd.log 'fail backend=c .* failures=1 '
	store back
	serve_again back back/smtpd
	accepted=$(count a.log 'tcpserver: ok')
	sed -i 's/=9000/=0.5/' backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'up backend=back'
	has checkd.log 'down backend=c .* failures=3 '
	has_lines a.log 'tcpserver: ok' $((accepted + 3))
	# A longer one does not move the next probe, and counts from then on.
	sed -i 's/inter=0.5/inter=9000/' backends
	accepted=$(count a.log 'tcpserver: ok')
	kill -HUP "$(cat checkd.pid)"
	has_lines checkd.log '^checkd: reload' 2
	has_lines a.log 'tcpserver: ok' $((accepted + 1))
}

@test "HUP: the first probe, which is under way, is followed and ended by the new inter and timeout" {
	serve a sh -c '[ -e slow ] || { touch slow; sleep 60; }; exec a/smtpd'
	store a
	serve silent sleep 60
	source_file "a $(address a) inter=9000 timeout=3000" "silent $(address silent) inter=9000 timeout=3000"
	run_checkd
	has a.log 'tcpserver: ok'
	has silent.log 'tcpserver: ok'
	sed -i 's/inter=9000 timeout=3000/inter=0.5 timeout=1/' backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'down backend=a .* failures=1 step=greeting reason="no greeting in time"$'
	has checkd.log 'up backend=a'
	has_lines silent.log 'tcpserver: ok' 3
}

@test "HUP: a new timeout counts from the start of the probe under way, however often it changes" {
	serve a sleep 60
	serve b sh -c 'sleep 4; echo 220 b; read -r helo; echo 250 b; read -r quit; echo 221 b'
	source_file "a $(address a) timeout=60" "b $(address b) timeout=3" 'c 127.0.0.1:25 disabled'
	run_checkd
	has a.log 'tcpserver: ok'
	began=$EPOCHREALTIME
	for i in 1 2 3; do
		sed -i '/^a/s/timeout=.*/timeout=6/; /^b/s/timeout=.*/timeout=60/' backends
		kill -HUP "$(cat checkd.pid)"
		has_lines checkd.log ': reload ' $((2 * i - 1))
		sed -i '/^a/s/timeout=.*/timeout=3/' backends
		kill -HUP "$(cat checkd.pid)"
		has_lines checkd.log ': reload ' $((2 * i))
	done
	has checkd.log 'down backend=a .* reason="no greeting in time"$'
	[ "$(ms_since "$began")" -ge 2500 ]
	has checkd.log 'up backend=b .* passes=1$'
}

@test "HUP: where a shorter inter makes all due at once, the probes after that are spread over it" {
	mail_server a
	for ((i = 0; i < 20; i++)); do echo "s$i $(address a)"; done >lines
	{ echo 'default inter=9000'; cat lines; } >backends
	run_checkd
	has_lines checkd.log 'up backend=' 20
	sed -i s/9000/4/ backends
	start trace strace -ttt -e trace=connect -o trace -p "$(cat checkd.pid)"
	has trace.log attached
	kill -HUP "$(cat checkd.pid)"
	has_lines trace "htons($(port a))" 60
	# The second and the third round: never a third of one within two tenths of a second.
	grep "htons($(port a))" trace | tail -n +21 | head -n 40 | awk '
		{ n[int($1 * 5)]++; if (!first) first = $1; last = $1 }
		END { for (t in n) if (n[t] > 6) { print t, n[t]; exit 1 }; print last - first; exit last - first < 4 }'
}

@test "ALRM probes all now, TERM ends it" {
	mail_server a
	source_file "a $(address a) inter=1000"
	run_checkd
	has a.log 'tcpserver: end'
	kill -ALRM "$(cat checkd.pid)"
	has_lines a.log 'tcpserver: end' 2
	kill -TERM "$(cat checkd.pid)"
	wait_for gone "$(cat checkd.pid)"
}

@test "-c checks the source, says what it found, and who will see this host's address for every client" {
	source_file 'a 10.0.0.1:25' 'b 10.0.0.2:25 backup' 'c 10.0.0.3:25 disabled source=10.0.0.9' \
		'd 10.0.0.4:25 send-proxy' 'e 10.0.0.5:25 send-proxy-v2' 'f 10.0.0.6:25 source=client'
	run -0 checkd -c backends
	diff - <(echo "$output") <<-'EOF'
		checkd: warning: a sees this host's address for every client: it must not relay for this host
		checkd: warning: b sees this host's address for every client: it must not relay for this host
		checkd: warning: c sees this host's address for every client: it must not relay for this host
		checkd: good source=backends backends=6 backup=1 disabled=1
	EOF
	run -0 checkd -q -c backends backends.cdb
	[ -z "$output" ]
	[ ! -e backends.cdb ]
	source_file 'a 10.0.0.1:25 send-proxy'
	run -0 checkd -c backends
	[ "$output" = 'checkd: good source=backends backends=1 backup=0 disabled=0' ]
	echo 'd' >>backends
	run -100 checkd -c backends
	[ "$output" = 'checkd: fatal: backends:3: d has no address' ]
	run -100 checkd backends
}

@test "-c warns of a backend that is this host's own port 25, where the front may listen" {
	own=$(hostname -I | cut -d ' ' -f 1)
	source_file 'default send-proxy' "a $own:25" 'b 127.1.2.3:25' 'c [::1]:25' 'd 0.0.0.0:25' 'e localhost:25 disabled' \
		"f $own:2525" 'g 192.0.2.1:25' 'h [2001:db8::1]:25'
	run -0 checkd -c backends
	diff - <(echo "$output" | grep -v 'has the address of') <<-EOF
		checkd: warning: a is port 25 of this host: if the front listens there, its clients go round in circles
		checkd: warning: b is port 25 of this host: if the front listens there, its clients go round in circles
		checkd: warning: c is port 25 of this host: if the front listens there, its clients go round in circles
		checkd: warning: d is port 25 of this host: if the front listens there, its clients go round in circles
		checkd: good source=backends backends=8 backup=0 disabled=1
	EOF
}

@test "-c warns of two names with one address, and where all are disabled" {
	source_file 'default send-proxy' 'a 127.0.0.1:2525' 'b 10.0.0.2:25' 'c localhost:2525 source=127.0.0.1' \
		'd 10.0.0.2:26' 'e 10.0.0.2:25 disabled' 'f 10.0.0.2:25'
	run -0 checkd -c backends
	diff - <(echo "$output") <<-'EOF'
		checkd: warning: c has the address of a: 127.0.0.1:2525
		checkd: warning: f has the address of b: 10.0.0.2:25
		checkd: good source=backends backends=6 backup=0 disabled=1
	EOF
	source_file 'default send-proxy disabled' 'a 10.0.0.1:25' 'b 10.0.0.2:25'
	run -0 checkd -c backends
	diff - <(echo "$output") <<-'EOF'
		checkd: warning: all backends are disabled: clients are told 421
		checkd: good source=backends backends=2 backup=0 disabled=2
	EOF
}

@test "-o probes all once, prints each dialogue with -v, and says by its exit code if any is up" {
	mail_server a
	serve b true
	stop b
	source_file "a $(address a)" "b $(address b)" "c $(address b) disabled"
	run -0 checkd -o -v backends backends.cdb
	diff - <(echo "$output" | grep -e 'said' -e heard | grep -v -e '"250-' -e '"250 [^a]') <<-'EOF'
		checkd: heard backend=a text="220 a.example ESMTP\r\n"
		checkd: said backend=a text="HELO mx.example\r\n"
		checkd: heard backend=a text="250 a.example\r\n"
		checkd: said backend=a text="EHLO mx.example\r\n"
		checkd: said backend=a text="QUIT\r\n"
		checkd: heard backend=a text="221 Bye\r\n"
	EOF
	[[ $output == *'checkd: down backend=b '*'reason="Connection refused"'* ]]
	slots_are a
	stop a
	run -111 checkd -o -q backends backends.cdb
	[ -z "$output" ]
	slots_are 'a b'
}

@test "a backend that never stops talking has a deadline too, and costs little" {
	cat >flood <<-'EOF'
		#!/bin/sh
		echo 220; read -r helo; echo 250; read -r quit; exec yes 220-for-ever
	EOF
	chmod +x flood
	serve a ./flood
	source_file "a $(address a) timeout=1"
	run_checkd
	has_lines a.log 'tcpserver: end' 5	# it goes on probing
	ticks=$(awk '{ print $14 + $15 }' "/proc/$(cat checkd.pid)/stat")
	[ "$ticks" -lt 50 ]
}

@test "started without descriptor 2, it sends its messages to no backend" {
	serve a sh -c 'cat >>heard'
	serve b true
	stop b
	source_file "a $(address a) timeout=0.5" "b $(address b)"
	start checkd sh -c 'exec checkd -v backends backends.cdb 2>&-'
	has_lines a.log 'tcpserver: end' 2
	[ ! -s heard ]
}

# silent N OPTION ...: a source of so many backends that never greet
silent() {
	local i names=()
	for ((i = 1; i <= $1; i++)); do
		serve "s$i" sleep 60
		names+=("s$i $(address "s$i") ${*:2}")
	done
	source_file "${names[@]}"
}

@test "with fewer descriptors than backends each gets its turn" {
	silent 12 timeout=0.3
	start checkd sh -c 'ulimit -n 10; exec checkd backends backends.cdb'
	has_lines checkd.log ': down ' 12
	[ "$(count checkd.log 'warning: unable to start a probe: Too many open files')" -eq 1 ]
}

@test "when descriptors run out, who has waited longest gets the next one, as soon as it is free" {
	silent 8 timeout=0.3 fall=1
	start checkd sh -c 'ulimit -n 10; exec checkd -v backends backends.cdb'
	has_lines checkd.log ' failures=4 ' 8
	# All have failed once before one fails twice, and so on; and always in the same order.
	turns=$(sed -n 's/.* backend=\(.*\) addr=.* failures=.*/\1/p' checkd.log | head -n 32 | paste -d ' ' - - - - - - - -)
	[ "$(echo "$turns" | sort -u | wc -l)" -eq 1 ]
	[ "$(echo "$turns" | head -n 1 | tr ' ' '\n' | sort -u | wc -l)" -eq 8 ]
}

@test "a NUL byte in the source is a bad line" {
	printf 'a 127.0.0.1:25\0 weight=oops\n' >backends
	run -100 checkd -c backends
	[ "$output" = 'checkd: fatal: backends:1: a NUL byte' ]
}

@test "a source of 50,000 backends is checked at once, and what occurs twice is found in it" {
	awk 'BEGIN { for (i = 0; i < 50000; i++) print "s" i " 127." 1 + int(i / 65536) "." int(i / 256) % 256 "." i % 256 ":26 send-proxy" }' >backends
	echo 'twin 127.1.0.3:26 send-proxy' >>backends
	run -0 timeout 10 checkd -c backends
	diff - <(echo "$output") <<-'EOF'
		checkd: warning: twin has the address of s3: 127.1.0.3:26
		checkd: good source=backends backends=50001 backup=0 disabled=0
	EOF
	printf '%s\n' 's7 127.0.0.2:25' 'a nowhere' 's49999 127.0.0.2:25' >>backends
	run -100 timeout 10 checkd -c backends
	diff - <(echo "$output") <<-'EOF'
		checkd: fatal: backends:50002: a second backend s7
		checkd: fatal: backends:50003: bad address nowhere: not address:port
		checkd: fatal: backends:50004: a second backend s49999
	EOF
}

@test "a source has bounds: the length of a line, the number of backends, the size of the file" {
	printf '%s\n' "a 127.0.0.1:25 $(printf '%05000d' 0)" '# '{1..600} b >backends
	run -100 checkd -c backends
	[ "${lines[0]}" = 'checkd: fatal: backends:1: a line of more than 4096 bytes' ]
	[ "${lines[1]}" = 'checkd: fatal: backends:602: b has no address' ]
	[ "${#lines[@]}" -eq 2 ]
	seq -f 's%.0f 127.0.0.1:25' 100002 >backends
	run -100 timeout 10 checkd -c backends
	[ "$output" = 'checkd: fatal: backends:100001: more than 100000 backends' ]
	truncate -s 1T backends
	run -100 timeout 10 checkd -c backends
	[ "$output" = 'checkd: fatal: backends: more than 16 MiB' ]
}

# in_its_place COMMAND ...: makes backends anew by that
in_its_place() {
	rm -rf backends
	"$@"
}

@test "at the start a FIFO, a device or a directory in the source's place is exit 100; -c and -o may read a pipe" {
	for make in 'mkfifo backends' 'ln -s /dev/zero backends' 'mkdir backends'; do
		# shellcheck disable=SC2086
		in_its_place $make
		run -100 timeout 5 checkd backends backends.cdb
		[ "$output" = 'checkd: fatal: backends: not a regular file' ]
	done
	run -100 timeout 5 checkd -c backends
	[ "$output" = 'checkd: fatal: unable to read backends: Is a directory' ]
	run -100 timeout 5 checkd -c /dev/zero
	[ "$output" = 'checkd: fatal: /dev/zero: more than 16 MiB' ]
	run -100 bash -c 'timeout 5 checkd -c /dev/stdin < <(yes)'
	[ "$output" = 'checkd: fatal: /dev/stdin: more than 16 MiB' ]
	in_its_place mkfifo backends
	run -100 timeout 5 checkd -c backends	# nobody writes to it
	[ "$output" = 'checkd: fatal: backends: no backend' ]
	run -0 checkd -c <(sleep 0.3; echo 'a 127.0.0.1:1 send-proxy')
	[[ $output == 'checkd: good source='*' backends=1 '* ]]
	echo 'a 127.0.0.1:25 no-check' | checkd -o /dev/stdin backends.cdb
	key_is 0 'a 127.0.0.1 25'
}

@test "HUP while a FIFO, a device, a directory or a huge file is in the source's place changes nothing" {
	mail_server a
	source_file "a $(address a)"
	run_checkd
	wait_for slots_are a
	n=0
	for make in 'mkfifo backends' 'ln -s /dev/zero backends' 'mkdir backends' 'truncate -s 1T backends' 'true'; do
		# shellcheck disable=SC2086
		in_its_place $make
		kill -HUP "$(cat checkd.pid)"
		has_lines checkd.log '^checkd: warning: backends is ignored: nothing changes$' $((n += 1))
	done
	diff - <(grep '^checkd: warning: ' checkd.log | grep -v 'is ignored') <<-'EOF'
		checkd: warning: backends: not a regular file
		checkd: warning: backends: not a regular file
		checkd: warning: backends: not a regular file
		checkd: warning: backends: more than 16 MiB
		checkd: warning: unable to open backends: No such file or directory
	EOF
	has_lines a.log 'tcpserver: ok' $(($(count a.log 'tcpserver: ok') + 3))
	source_file "b $(address a)"
	kill -HUP "$(cat checkd.pid)"
	wait_for slots_are b
}

@test "a source that is written while it is read is not taken, and exit 111 at the start" {
	seq -f 's%.0f 127.0.0.1:25 no-check' 50000 >backends
	# strace lets another hand write between the two: it is slow at each read(2).
	start checkd env ASAN_OPTIONS=detect_leaks=0 strace -o trace -e trace=read -e inject=read:delay_exit=1500000 -P "$PWD/backends" \
		checkd backends backends.cdb
	has trace 'read(.*s1 127'
	echo 's0 127.0.0.1:25 no-check' >>backends
	has checkd.log '^checkd: fatal: backends: changed while it was read$'
	has trace 'exited with 111'
}

@test "the counter is made as soon as it can be" {
	mail_server a
	source_file "a $(address a)"
	mkdir backends.cdb.turn
	run_checkd
	has checkd.log '^checkd: warning: unable to create backends\.cdb\.turn: Is a directory$'
	wait_for slots_are a
	rmdir backends.cdb.turn
	stop a		# a change: the next time that it writes
	wait_for test -s backends.cdb.turn
}

@test "a backend whose probe is under way when it is disabled, or not to be checked, is that" {
	store a
	serve a sh -c 'sleep 2; exec a/smtpd'
	serve b sh -c 'sleep 2; echo 421 busy'
	mail_server c
	source_file "a $(address a) inter=0.1" "b $(address b) inter=0.1 fall=1" "c $(address c)"
	run_checkd -v
	has_lines checkd.log 'backend=[abc]' 3
	has_lines a.log 'tcpserver: pid' 2	# the next probes are under way
	has_lines b.log 'tcpserver: pid' 2
	source_file "a $(address a) disabled" "b $(address b) no-check" "c $(address c)"
	kill -HUP "$(cat checkd.pid)"
	wait_for slots_are 'b c'
	has_lines a.log 'tcpserver: end' 2
	has_lines b.log 'tcpserver: end' 2
	has_lines c.log 'tcpserver: end' 12
	slots_are 'b c'
	[ "$(grep -v changed checkd.log | grep -c 'backend=')" -eq 3 ]
}

@test "an address family that this host does not have fails its backend and no other" {
	mail_server a
	source_file "b [::1]:$(port a)" "a $(address a)"
	cat >no6.c <<-'EOF'
		/* A host without IPv6. */
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <sys/socket.h>
		int socket(int family, int type, int protocol)
		{
			int (*real)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
			if (family != AF_INET6)
				return real(family, type, protocol);
			errno = EAFNOSUPPORT;
			return -1;
		}
	EOF
	gcc -shared -fPIC -o no6.so no6.c
	start checkd env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$PWD/no6.so" checkd backends backends.cdb
	has checkd.log 'up backend=a'
	has checkd.log 'down backend=b .* step=connect reason="Address family not supported by protocol"$'
	has_lines a.log 'tcpserver: end' 5
}

@test "HUP is obeyed, and probes go on, under a flood of nudges" {
	mail_server a
	source_file "a $(address a)"
	run_checkd
	has checkd.log 'up backend=a'
	start flood sh -c 'exec cat /dev/zero >backends.cdb.nudge'
	has_lines a.log 'tcpserver: end' "$(($(count a.log 'tcpserver: end') + 3))"
	source_file "a2 $(address a)"
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'up backend=a2'
}

@test "after ALRM, and after a sleep of this host, the probes are spread over the interval again" {
	mail_server a
	for i in {1..20}; do names+=("s$i $(address a)"); done
	source_file "${names[@]}"
	sed -i 's/inter=0.2/inter=2/' backends
	run_checkd
	has_lines a.log 'tcpserver: end' 25
	kill -ALRM "$(cat checkd.pid)"
	has_lines a.log 'tcpserver: end' 50
	stop_and_go
	spread
}
stop_and_go() {
	kill -STOP "$(cat checkd.pid)"
	sleep 3
	kill -CONT "$(cat checkd.pid)"
}
# spread: of the next probes, no more than half begin within a fifth of the interval
spread() {
	local n
	n=$(($(count a.log 'tcpserver: end') + 25))	# those that were late, and some
	has_lines a.log 'tcpserver: end' $n
	n=$(count a.log 'tcpserver: end')
	sleep 0.4
	[ $(($(count a.log 'tcpserver: end') - n)) -le 10 ]
}

@test "a sleep of this host is not charged to a backend whose reply has been waiting" {
	serve a sh -c 'sleep 0.5; echo 220; read -r helo; echo 250; read -r quit; echo 221'
	source_file "a $(address a) timeout=1.5 fall=1"
	run_checkd -v
	has a.log 'tcpserver: ok'
	kill -STOP "$(cat checkd.pid)"
	sleep 2.5
	kill -CONT "$(cat checkd.pid)"
	has checkd.log 'backend=a'
	[ "$(count checkd.log 'down\|fail')" -eq 0 ]
}

# silent_is_down_under SIGNAL: b never greets; the signal comes in all the time
silent_is_down_under() {
	mail_server a
	serve b sleep 60
	source_file "a $(address a)" "c $(address a)" "b $(address b) timeout=1"
	sed -i 's/inter=0.2/inter=9/; s/fall=3/fall=1/' backends
	run_checkd
	has checkd.log 'up backend=a'
	for ((i = 0; i < 12; i++)); do
		echo "new$i $(address a)" >>backends
		kill "-$1" "$(cat checkd.pid)"
		sleep 0.3
	done
	[ "$(count checkd.log 'down backend=b .* reason="no greeting in time"')" -eq 1 ]
}

@test "ALRM does not put off the failure of the probes under way" { silent_is_down_under ALRM; }

@test "HUP does not put off the failure of the probes under way" { silent_is_down_under HUP; }

@test "the list stays within what etd-connect reads, whatever the weights" {
	for ((i = 0; i < 1500; i++)); do echo "b$i 127.0.0.1:25 no-check weight=$((i % 2 + 255))"; done >backends
	checkd -o -q backends backends.cdb
	[ "$(key slots)" -le 100000 ]
	[ "$(key slots)" -ge 40000 ]
}

@test "checkd -o with a backend that refuses does not wait for its timeout" {
	free_port a
	echo "a 127.0.0.1:$(port a) timeout=60" >backends
	run -111 timeout 30 checkd -o backends backends.cdb
	[[ $output == *'down backend=a '*'Connection refused'* ]]
}
