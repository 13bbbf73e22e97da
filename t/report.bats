load lib

# stamp SECONDS: as multilog writes it, so long after 2026-11-01 00:00:00 UTC
stamp() { printf '@40000000%08x%08x' $((1793491200 + 10 + $1)) 0; }

# delay SECONDS EVENT CLASS WAITED [ KIND [ HOST ] ]: a line of etd-delay's
delay() {
	echo "$(stamp "$1") etd-delay: $2 ip=192.0.2.1 port=4711 host=${6-mx.example} class=$3 waited=$4${5:+ bytes=9 kind=$5 text=\"EHLO a b\\r\\n\"}"
}

# a_day: five early talkers, six silent ones, one that hangs up and an exempt one
a_day() {
	local s
	delay 0 early nordns 0.020 smtp '""'
	delay 100 early nordns 0.499 smtp '""'
	delay 200 early dynamic 0.500 smtp
	delay 300 early dynamic 1.999 http
	delay 400 early named 5.000 binary
	for s in 500 600 700 800; do delay $s pass named 6.000; done
	delay 900 pass dynamic 6.001
	delay 1000 pass nordns 10.000 '' '""'
	delay 1100 hangup named 0.700
	delay 86400 exempt named 0.000
}

# connect SECONDS EVENT BACKEND REST: a line of etd-connect's
connect() { echo "$(stamp "$1") etd-connect: $2 ip=192.0.2.1 port=4711 backend=$3 addr=10.0.0.1:25 $4"; }

sessions() {
	connect 10 end b 'tries=1 connect=0.010 greeting=0.200 total=3.000 in=1500000 out=1000 state=--'
	connect 20 end b 'tries=1 connect=0.030 greeting=0.400 total=5.000 in=500000 out=1000 state=CD'
	connect 30 failed a 'step=connect reason="Connection refused"'
	connect 30 end b 'tries=2 connect=0.020 greeting=0.300 total=4.000 in=0 out=0 state=--'
	connect 40 failed a 'step=greeting reason="421 step=x backend=c"'
	connect 50 connected a 'tries=1 connect=0.001 greeting=-1'
	echo "$(stamp 60) etd-connect: none ip=192.0.2.1 port=4711 tries=2 reason=\"Connection refused\" state=SC"
}

# check SECONDS EVENT BACKEND: a line of checkd's
check() { echo "$(stamp "$1") checkd: $2 backend=$3 addr=10.0.0.1:25 passes=1"; }

# a is down for 100 s, and from 3000 s on; b is always up
changes() {
	check 0 up a
	check 1 up b
	check 1000 down a
	check 1100 up a
	check 3000 down a
	check 3600 up b
}

# awks: a directory for each awk there is, in which it is awk
awks() {
	local name
	for name in mawk gawk busybox; do
		mkdir -p "awks/$name"
		ln -sf "$(command -v $name)" "awks/$name/awk"
	done
	printf '%s\n' "$PWD"/awks/*
}

@test "the report of a day: who talked early and when, and which hold would have caught them" {
	a_day >log
	run -0 etd-report log
	diff <(echo "$output") - <<-'EOF'
		13 lines, 13 of them of etd-delay, etd-connect and checkd.
		From 2026-11-01 00:00:00 to 2026-11-02 00:00:00 UTC: 1.0 d.

		EARLY TALKERS

		5 of 12 clients that were held talked before the greeting: 41.7 %.
		A hold of 6 s would have caught 100.0 % of the early talkers.

		WHEN THEY TALKED

		after      clients   share
		0-0.1 s          1  20.0 %  ########################################
		0.1-0.2 s        0   0.0 %
		0.2-0.5 s        1  20.0 %  ########################################
		0.5-1 s          1  20.0 %  ########################################
		1-2 s            1  20.0 %  ########################################
		2-4 s            0   0.0 %
		4-6 s            1  20.0 %  ########################################

		WHICH HOLD

		hold   caught   of all    named  dynamic   nordns  hung up  silent wait a day
		0.5 s       2   40.0 %    0.0 %    0.0 %  100.0 %        0                3 s
		1 s         3   60.0 %    0.0 %   50.0 %  100.0 %        1                6 s
		2 s         4   80.0 %    0.0 %  100.0 %  100.0 %        1               12 s
		4 s         4   80.0 %    0.0 %  100.0 %  100.0 %        1               24 s
		6 s         5  100.0 %  100.0 %  100.0 %  100.0 %        1               36 s
		10 s        5  100.0 %  100.0 %  100.0 %  100.0 %        1               60 s
		20 s        5  100.0 %  100.0 %  100.0 %  100.0 %        1              120 s
		30 s        5  100.0 %  100.0 %  100.0 %  100.0 %        1              180 s

		From 10 s on the counts are the least: some clients were not held so long, and
		what they would have done is not known.

		BY CLASS AND KIND

		class    held  early  of them  pass  hung up  exempt    hold  waited
		named       6      1   16.7 %     4        1       1   6.0 s    24 s
		dynamic     3      2   66.7 %     1        0       0   6.0 s     6 s
		nordns      3      2   66.7 %     1        0       0  10.0 s    10 s

		kind    early  of all  named  dynamic  nordns
		smtp        3  60.0 %      0        1       2
		http        1  20.0 %      0        1       0
		binary      1  20.0 %      1        0       0
	EOF
}

@test "the cost of a hold is for a day, however long the log is" {
	{ a_day; delay $((10 * 86400)) exempt named 0.000; } >log
	etd-report log | grep -q '^10 s .* 6 s$'
	{ delay 0 early named 0.1 smtp; for s in 1 2 3600; do delay $s pass named 6.000; done; } >log
	etd-report log | grep -q '^10 s .* 720 s$'
}

@test "sessions, bytes, times and failures by backend" {
	sessions >log
	etd-report log | sed 1,2d >text
	diff text - <<-'EOF'

		SESSIONS BY BACKEND

		backend  sessions   share  MB in  MB out  connect  greeting  session  failed
		a               1  25.0 %    0.0     0.0  0.001 s         -        -       2
		b               3  75.0 %    2.0     0.0  0.020 s   0.300 s    4.0 s       0

		Clients that found no backend, and were told 421: 1.
		failed        at  times
		a        connect      1
		a       greeting      1

		end  sessions   share
		--          2  66.7 %
		CD          1  33.3 %

	EOF
}

@test "up and down: how often, for how long, and what is down at the end counts until there" {
	changes >log
	etd-report log | sed 1,2d >text
	diff text - <<-'EOF'

		BACKENDS UP AND DOWN

		backend   now  downs  down for   longest          last change
		a        down      2  11.7 min  10.0 min  2026-11-01 00:50:00
		b          up      0     0.0 s     0.0 s  2026-11-01 00:00:01

	EOF
}

@test "mawk, gawk and busybox's awk give the same report and the same page" {
	{ a_day; echo 'tcpserver: status: 1/40'; sessions; changes; } >log
	etd-report log >text
	etd-report -h log >page
	awks >awks.list
	[ "$(wc -l <awks.list)" -eq 3 ]
	while read -r awk; do
		PATH=$awk:$PATH etd-report log | cmp - text
		PATH=$awk:$PATH etd-report -h log | cmp - page
	done <awks.list
}

@test "real logs: the report counts what happened, through multilog" {
	mail_server smtp1
	mail_server smtp2
	printf '%s\n' 'default inter=0.2' "smtp1 127.0.0.1:$(port smtp1)" "smtp2 127.0.0.1:$(port smtp2)" >backends
	start checkd checkd backends backends.cdb
	has_lines checkd.log ': up ' 2
	serve front env ETD_DELAY=1 etd-delay -v etd-connect -v backends.cdb
	talk front <<<'EHLO spam.example'
	printf '\x16\x03\x01\x02' | talk front
	for _ in 1 2 3 4; do
		send front >swaks.out
	done
	stop smtp2
	has checkd.log 'down backend=smtp2'
	has_lines front.log 'etd-connect: end' 4
	multilog t ./front.logs <front.log
	multilog t ./checkd.logs <checkd.log
	etd-report front.logs checkd.logs >text
	grep -qx '2 of 6 clients that were held talked before the greeting: 33.3 %.' text
	grep -q '^smtp  *1  50.0 %' text
	grep -q '^tls  *1  50.0 %' text
	grep -q '^smtp1  *2  50.0 %' text
	grep -q '^smtp2  *2  50.0 %' text
	grep -q '^--  *4  100.0 %' text
	grep -q '^smtp2  *down  *1 ' text
	grep -q '^smtp1  *up  *0 ' text
}

@test "etd-server's lines count as etd-delay's do, and those that are tcpserver's are passed over" {
	a_day >log
	etd-report log | sed '/ lines, /d' >wanted
	{
		sed 's/ etd-delay: / etd-server: /' log
		echo "$(stamp 86400) etd-server: status: 1/400"
		echo "$(stamp 86400) etd-server: ok 4711 0:192.0.2.2:25 mx.example:192.0.2.1::4711"
		echo "$(stamp 86400) etd-server: deny 4711 0:192.0.2.2:25 :192.0.2.1::4711"
		echo "$(stamp 86400) etd-server: end 4711 status 0"
		echo "$(stamp 86400) etd-server: warning: no more than 2 clients are held: others wait outside"
	} >server.log
	etd-report server.log >text
	sed '/ lines, /d' text | diff wanted -
	run -1 grep damaged text
	# It may leave before its name is there.
	echo "$(stamp 86400) etd-server: hangup ip=192.0.2.1 port=4711 host=\"\" class=\"\" waited=0.100" >>server.log
	etd-report server.log >text
	run -1 grep damaged text
	grep -qx '5 of 13 clients that were held talked before the greeting: 38.5 %.' text
}

@test "real logs of etd-server: the report counts what happened" {
	mail_server smtp1
	list smtp1
	start_server front env ETD_DELAY=0.3 etd-server -1 -v -H -l 0 127.0.0.1 0 etd-connect -v backends.cdb
	talk front <<<'EHLO spam.example'
	for _ in 1 2 3; do send front >swaks.out; done
	has_lines front.log 'etd-connect: end' 3
	has_lines front.log 'etd-server: end' 3
	multilog t ./front.logs <front.log
	etd-report front.logs >text
	grep -qx '1 of 4 clients that were held talked before the greeting: 25.0 %.' text
	grep -q '^smtp1  *3 ' text
	run -1 grep damaged text
}

@test "the time stamps of tai64nlocal, the journal and syslog, and none" {
	{ a_day; changes; } >log
	etd-report log >text
	TZ=UTC tai64nlocal <log | etd-report | sed 's/ local time: / UTC: /' | diff text -
	TZ=UTC tai64nlocal <log | sed 's/\(....-..-..\) \([0-9:]*\)\.[0-9]*/\1T\2+0000 mx etd@1-2[77]:/' >iso
	grep -q '^2026-11-02T00:00:00+0000 mx etd@1-2\[77\]: etd-delay: exempt ' iso
	etd-report iso | diff text -
	TZ=IST-5:30 tai64nlocal <log | sed 's/\(....-..-..\) \([0-9:]*\)\.[0-9]*/\1T\2+0530 mx etd[77]:/' | etd-report | diff text -
	TZ=EST+5 tai64nlocal <log | sed 's/\(....-..-..\) \([0-9:]*\)\.[0-9]*/\1T\2-05:00 mx etd[77]:/' | etd-report | diff text -
	while IFS= read -r line; do
		echo "$((0x${line:9:8} - 10)).000000 mx etd[77]: ${line#* }"
	done <log | etd-report | diff text -
	etd-report <(cut -d' ' -f2- log) | sed -n 2p | grep -qx 'The lines have no times: what would be for a day is for all of them.'
	sed 's/^@[^ ]*/Nov  1 00:00:00 mx etd[77]:/' log | etd-report | sed -n 2p | grep -q 'have no times'
	diff <(cut -d' ' -f2- log | etd-report | sed -n '/^EARLY/,/^hold/p' | grep -v ^hold) \
		<(sed -n '/^EARLY/,/^hold/p' text | grep -v ^hold)
}

@test "the page is well formed, needs no other file and no script, and has the report's numbers" {
	{ a_day; sessions; changes; } >log
	etd-report log >text
	etd-report -h log >page
	xmllint --noout page
	run ! grep -i -e '<script' -e 'src=' -e 'href=' -e 'url(' -e '@import' page
	[ "$(grep -o 'https*://[^"]*' page)" = http://www.w3.org/1999/xhtml ]
	# The rows of all tables, cells apart by a space, but for the text's bars
	sed -n 's,^<tr>\(.*\)</tr>$,\1,p' page | sed 's,</t[dh]><t[dh]>, ,g; s,</*t[dh]>,,g' >page.rows
	[ "$(wc -l <page.rows)" -gt 30 ]
	while IFS= read -r row; do
		grep -qFx -- "$row" <(sed 's/  *#*$//; s/  */ /g' text)
	done <page.rows
	# Each sentence
	sed -n 's,^<p[^>]*>\(.*\)</p>$,\1,p' page >page.sentences
	[ "$(wc -l <page.sentences)" -eq 6 ]
	while IFS= read -r sentence; do
		grep -qF -- "$sentence" <(tr '\n' ' ' <text)
	done <page.sentences
	# The plots
	[ "$(grep -c '^<svg' page)" -eq 3 ]
	[ "$(xmllint --xpath 'string((//*[local-name()="svg"])[1])' page | tr -s '\n' ' ')" = \
		' 0-0.1 s1 = 20.0 % 0.1-0.2 s0 = 0.0 % 0.2-0.5 s1 = 20.0 % 0.5-1 s1 = 20.0 % 1-2 s1 = 20.0 % 2-4 s0 = 0.0 % 4-6 s1 = 20.0 % ' ]
	[ "$(xmllint --xpath 'count((//*[local-name()="svg"])[3]//*[local-name()="rect"][@class="down"])' page)" -eq 2 ]
	grep -qF '<title>a down from 2026-11-01 00:16:40, 1.7 min</title>' page
	grep -q 'prefers-color-scheme: dark' page
	grep -q 'name="viewport" content="width=device-width' page
}

@test "what comes from the network cannot pass for a field, nor for a line, nor for HTML" {
	{
		delay 0 early named 0.100 smtp '"a class=nordns waited=9 kind=tls \"b"'
		delay 1 pass dynamic 6.000 '' '"<b>&"'
		echo "$(stamp 2) etd-delay: early ip=192.0.2.1 port=1 host=\"\" class=nordns waited=1.000 bytes=9 kind=http text=\"etd-delay: early class=named waited=0.1 kind=proxy\""
		echo "$(stamp 3) rblsmtpd: 192.0.2.1 pid 1: 451 etd-delay: early ip=1 port=1 host=a class=named waited=1 bytes=1 kind=smtp"
		echo "$(stamp 4) checkd: up backend=<script> addr=10.0.0.1:25 passes=1"
	} >log
	etd-report log >text
	grep -qx '5 lines, 4 of them of etd-delay, etd-connect and checkd, 1 of these damaged.' text
	grep -q '^smtp  *1  50.0 %  *1  *0  *0$' text
	grep -q '^http  *1  50.0 %  *0  *0  *1$' text
	run ! grep -e '^tls' -e '^proxy' text
	etd-report -h log | xmllint --noout -
}

@test "lines of others are passed over, damaged ones are counted" {
	{
		a_day
		echo "$(stamp 9) tcpserver: status: 1/40"
		echo "$(stamp 9) etd-delay: warning: something"
		head -c 300 /dev/urandom | tr -d '\n'
		echo
		echo "$(stamp 9) etd-delay: early ip=192.0.2.1 port=1 host=a class=na"
		echo "$(stamp 9) etd-delay: early ip=192.0.2.1 port=1 host=a class=named waited=x bytes=1 kind=smtp"
		echo "$(stamp 9) etd-connect: end ip=192.0.2.1 port=1 backend=a"
		echo "$(stamp 9) etd-connect: failed ip=192.0.2.1 port=1"
		echo "$(stamp 9) checkd: down"
		echo
	} >log
	etd-report log >text
	[[ $(head -n 1 text) == '22 lines, 19 of them of etd-delay, etd-connect and checkd, 5 of these damaged.' ]]
	run ! grep SESSIONS text
}

@test "without -v it says what the logs lack" {
	delay 0 early named 0.1 smtp | etd-report | tr '\n' ' ' | grep -q 'No line says pass: with the option -v etd-delay logs the clients that were silent'
	connect 0 failed a 'step=connect reason=x' | etd-report | grep -q '^No line says end: with the option -v etd-connect'
	delay 0 pass named 6.000 | etd-report | grep -q '^Nobody talked early\.$'
}

@test "a directory stands for multilog's files in it, in any order of files" {
	mkdir logs
	a_day | sed -n 1,5p >"logs/$(stamp 401).s"
	a_day | sed -n 6,9p >"logs/$(stamp 801).u"
	a_day | sed -n '10,$p' >logs/current
	touch logs/lock logs/state
	a_day >all
	etd-report all >text
	etd-report logs | diff text -
	etd-report logs/current logs/@*.u logs/@*.s | diff text -
	mkdir 'a=b'
	mv logs 'a=b/c d'
	cd 'a=b' && etd-report 'c d' | diff ../text -
}

@test "what cannot be read, or has nothing of the suite: one line, 111 and no report" {
	run -111 etd-report missing
	[ "$output" = 'etd-report: fatal: unable to read ./missing' ]
	mkdir empty
	run -111 etd-report empty
	[ "$output" = 'etd-report: fatal: unable to read ./empty: no multilog has written there' ]
	echo "$(stamp 1) tcpserver: status: 1/40" >log
	for option in '' -h; do
		# shellcheck disable=SC2086
		run -111 etd-report $option log
		[ "$output" = 'etd-report: fatal: no line of etd-delay, etd-connect or checkd' ]
	done
	run -111 etd-report </dev/null
	run -100 etd-report -x
	[ "$output" = 'etd-report: usage: etd-report [ -h ] [ file ... ]' ]
}

@test "memory does not grow with the number of lines" {
	a_day >few
	cp few many
	for _ in {1..14}; do cat many many >more && mv more many; done
	[ "$(wc -c <many)" -gt 20000000 ]
	# fits AWK FILE KB: whether that much address space is enough
	fits() { (ulimit -v "$3" && PATH=$1:$PATH etd-report "$2" >/dev/null 2>&1); }
	awks >awks.list
	while read -r awk; do
		kb=4000
		until fits "$awk" few $kb; do kb=$((kb + 2000)); done
		fits "$awk" many $((kb + 4000))
	done <awks.list
}

@test "on a terminal it shows how far it is, elsewhere nothing" {
	script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip 'there is no pseudo-terminal'
	a_day >log
	for _ in {1..8}; do cat log log >more && mv more log; done
	script -qec 'etd-report log log >text' /dev/null </dev/null >seen
	grep -q 'etd-report:  50 %' seen
	etd-report log log >text2 2>quiet
	cmp text text2
	[ ! -s quiet ]
	script -qec 'etd-report <log >text' /dev/null </dev/null >seen
	[ ! -s seen ]
}

@test "what is no spam is left out of the holds: tls and proxy" {
	{
		for s in 1 2 3 4 5 6 7 8; do delay $s early nordns 0.001 proxy '""'; done
		delay 9 early nordns 0.001 tls '""'
		delay 10 early nordns 3.500 smtp '""'
		delay 11 pass nordns 6.000 '' '""'
	} >log
	awks >awks.list
	while read -r awk; do
		PATH=$awk:$PATH etd-report log >text
		grep -qx 'A hold of 4 s would have caught 100.0 % of the early talkers.' text
		tr '\n' ' ' <text | grep -q 'left out of what follows on holds: 9\.'
		grep -q '^2 s  *0  *0\.0 %' text
		grep -q '^nordns  *11  *10  *90\.9 %  *1  *0  *0 ' text
		run ! grep '^named' text
	done <awks.list
}

@test "it claims no more than is known: a hold that some did not have, and none at all" {
	{ for s in 1 2 3; do delay $s early named 2.500 smtp; delay $s pass named 3.000; done; } >log
	etd-report log | tr '\n' ' ' | grep -q ' A hold of 4 s would have caught 100.0 % of the early talkers, as far as is known\. '
	{ delay 1 early named 45.000 smtp; delay 2 pass named 60.000; } >log
	etd-report log | grep -qx 'A hold of 30 s would have caught 0.0 % of the early talkers.'
	delay 0 early named 0.1 smtp >log
	etd-report log >text
	grep -qx 'Clients that talked before the greeting: 1.' text
	grep -q '^named  *1  *1  *- ' text
}

@test "the cost a day is that of the front's own log, however long checkd's is" {
	{ a_day; check -8640000 up a; } >log
	etd-report log | grep -q '^10 s .* 60 s$'
}

@test "stamps that are none, changes out of order, and numbers that are none" {
	{
		a_day
		echo "@400000006ae6@400000006ae6814900000000 etd-delay: pass ip=1 port=1 host=a class=named waited=6.000"
		echo "99999999999-01-01T00:00:00 mx a[1]: etd-delay: pass ip=1 port=1 host=a class=named waited=6.000"
		echo "rblsmtpd: 192.0.2.1 pid 77: 451 etd-delay: early ip=1 port=1 host=a class=named waited=1 bytes=1 kind=smtp"
		connect 10 end b 'tries=1 connect=0.010 greeting=0.200 total=3.000 in=1e400 out=0x10 state=--'
		delay 5 pass named 1e400
		check 2000 down a
		check 1000 up a
		check 3000 up a
		echo "$(stamp 4000) etd-connect: fatal: something"
	} >log
	etd-report log >text
	grep -q ', 3 of these damaged\.$' text
	grep -q '^From 2026-11-01 00:00:00 to 2026-11-02 00:00:00 UTC: 1.0 d\.$' text
	grep -q '^a  *up  *1  16.7 min  16.7 min  2026-11-01 00:50:00$' text
	grep -qx 'Changes that are older than the one before, and so left out: 1.' text
	grep -qx 'Look for 1 lines with the word fatal: they are not in this report.' text
	run ! grep SESSIONS text
}

@test "who talks after the hold is counted by step and kind, apart from the hold" {
	turned() { echo "$(stamp "$1") etd-connect: early ip=192.0.2.1 port=4711 host=$2 class=$3 step=$4 waited=$5 bytes=9 kind=$6 text=\"EHLO a b\\r\\n\""; }
	{
		a_day
		turned 1200 mx.example named greeting 0.010 smtp
		turned 1300 '"a b"' nordns greeting 3.000 http
		turned 1400 '""' '""' helo 1.000 smtp
		delay 1500 early named 5.000 quit
	} >log
	for awk in $(awks); do
		PATH=$awk:$PATH run -0 etd-report log
		output=$(tr -s " \n" " " <<<"$output")
		[[ $output != *damaged* ]]
		[[ $output == *'After the hold, etd-connect found 2 more that talked before the greeting, and 1 before the reply to their first command: 2 smtp, 1 http.'* ]]
		[[ $output == *'6 of 13 clients that were held'* ]]
		[[ $output == *'Those of kind tls, proxy and quit are no spam, and are left out of what follows on holds: 1.'* ]]
		[[ $output == *'quit '* ]]
	done
}

@test "a 4xx that reached the client counts with those told 421, and is no session" {
	{
		sessions
		connect 70 end b 'tries=2 connect=0.010 greeting=0.200 total=3.000 in=0 out=20 state=SQ'
	} >log
	for awk in $(awks); do
		PATH=$awk:$PATH run -0 etd-report log
		output=$(tr -s " \n" " " <<<"$output")
		[[ $output == *"Clients that found no backend, and were told 421: 2, 1 of them by a backend's own 4xx."* ]]
		[[ $output =~ b\ 3\ 75\.0\ % ]]
	done
}
