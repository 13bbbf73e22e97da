load lib

# stamp SECONDS: as multilog writes it, so long after 2026-11-01 00:00:00 UTC
stamp() { printf '@40000000%08x%08x' $((1793491200 + 10 + $1)) 0; }

# report ARG ...: without the line that says where and when it was made
report() { etd-report "$@" | grep -v -e '^Report ' -e '^<p>Report '; }

# words: the report in one line, with a single space between two words
words() { tr -s ' \n' ' '; }

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

# front_lines: what etd-server alone says
front_lines() {
	echo "$(stamp 2000) etd-server: known ip=192.0.2.7 port=1 host=mx.example class=named waited=0.010"
	echo "$(stamp 2001) etd-server: known ip=192.0.2.7 port=2 host=\"a b\" class=named waited=0.010"
	echo "$(stamp 2010) etd-server: listed ip=192.0.2.8 port=1 host=\"\" score=5 zones=zen.example*3,bl.example*2 action=reject"
	echo "$(stamp 2011) etd-server: listed ip=192.0.2.8 port=1 host=\"a b\" score=3 zones=zen.example action=log"
	echo "$(stamp 2012) etd-server: listed ip=192.0.2.8 port=1 host=h.example score=3 zones=\"zen.example other.example\" action=rblsmtpd"
	echo "$(stamp 2020) etd-server: limit ip=192.0.2.9 port=1 reason=client"
	echo "$(stamp 2021) etd-server: limit ip=192.0.2.9 port=1 reason=\"too many <b>\""
	echo "$(stamp 2030) etd-server: stress held=900 programs=40 state=on"
	echo "$(stamp 2090) etd-server: stress held=700 programs=10 state=off"
	echo "$(stamp 2100) etd-server: stress held=950 programs=40 state=on"
	echo "$(stamp 2280) etd-server: stress held=600 programs=10 state=off"
}

# reload_lines: checkd reads its file again, twice
reload_lines() {
	echo "$(stamp 2500) checkd: reload backends=2 added=0 removed=0 changed=0"
	echo "$(stamp 2600) checkd: removed backend=a addr=10.0.0.1:25"
	echo "$(stamp 2600) checkd: changed backend=b addr=10.0.0.1:25 option=weight now=0 was=2"
	echo "$(stamp 2600) checkd: changed backend=b addr=10.0.0.1:25 option=disabled now=yes was=no"
	echo "$(stamp 2600) checkd: changed backend=b addr=10.0.0.1:25 option=helo now=\"HELO <b> now=x was=y\" was=\"HELO \\\"a\""
	echo "$(stamp 2600) checkd: added backend=c addr=10.0.0.1:25"
	echo "$(stamp 2600) checkd: reload backends=2 added=1 removed=1 changed=1"
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
	report log | sed '/^2026-.* 0    0\.0 %$/d' >text	# hours without an early talker
	diff text - <<-'EOF'
		It covers 1.0 d, from 2026-11-01 00:00:00 to 2026-11-02 00:00:00 UTC.
		13 lines were read, 13 of them from etd.

		EARLY TALKERS

		5 of 12 clients that were held talked before the greeting: 41.7 %.
		A hold of 6 s would have caught 100.0 % of the early talkers.

		HOW SOON THEY TALKED

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
		20 s        5  100.0 %  100.0 %  100.0 %  100.0 %        1              2 min
		30 s        5  100.0 %  100.0 %  100.0 %  100.0 %        1              3 min

		How many early talkers each hold would have caught, and which share of all and
		of each class; how many clients would have hung up during it; and how long
		silent clients would have waited altogether.
		From 10 s on, the hold may catch more than is shown: some clients passed after
		a shorter one, and what they would have done later is not known.

		EARLY TALKERS OVER TIME

		from              clients    share
		2026-11-01 00:00        5  100.0 %  ########################################

		The busiest hour began at 2026-11-01 00:00 UTC: 5 early talkers, 24 times as
		many as on average.

		BY CLASS AND KIND

		class    held  early   share  passed  hung up  exempt  mean hold  all holds
		named       6      1  16.7 %       4        1       1      6.0 s       24 s
		dynamic     3      2  66.7 %       1        0       0      6.0 s        6 s
		nordns      3      2  66.7 %       1        0       0     10.0 s       10 s

		Clients by their reverse name: named have one, dynamic have one that looks like
		that of a dynamic or an end user's address, nordns have none. Both holds are
		those of clients that passed.

		kind    what they said   early  of all  named  dynamic  nordns
		smtp    an SMTP command      3  60.0 %      0        1       2
		http    an HTTP request      1  20.0 %      0        1       0
		binary  anything else        1  20.0 %      1        0       0

		WHERE THEY CAME FROM

		network       clients    share
		192.0.2.0/24        5  100.0 %  ########################################

		address    clients    share
		192.0.2.1        5  100.0 %  ########################################

	EOF
}

@test "the cost of a hold is for a day, however long the log is" {
	{ a_day; delay $((10 * 86400)) exempt named 0.000; } >log
	etd-report log | grep -q '^10 s .* 6 s$'
	{ delay 0 early named 0.1 smtp; for s in 1 2 3600; do delay $s pass named 6.000; done; } >log
	etd-report log | grep -q '^10 s .* 12 min$'
}

@test "sessions, bytes, times and failures by backend" {
	sessions >log
	report log | sed 1,2d >text
	diff text - <<-'EOF'

		SESSIONS BY BACKEND

		backend  sessions   share  failed
		a               1  25.0 %       2  #############
		b               3  75.0 %       0  ########################################

		backend   to it  from it  connect  greeting  session
		a        0.0 MB   0.0 MB  0.001 s         -        -
		b        2.0 MB   0.0 MB  0.020 s   0.300 s    4.0 s

		The bytes that went to each backend and came from it, and its mean times to
		connect, to its greeting and for a session.
		Clients that found no backend, and were told 421: 1.

		failed at  connect  greeting
		a                1         1

		HOW SESSIONS ENDED

		state  meaning                          sessions   share
		--     in order                                2  66.7 %
		CD     the client broke the connection         1  33.3 %

	EOF
}

@test "up and down: how often, for how long, and what is down at the end counts until there" {
	changes >log
	report log | sed 1,2d >text
	diff text - <<-'EOF'

		BACKENDS UP AND DOWN

		backend   now  downs  down for   longest  last change
		a        down      2  11.7 min  10.0 min  2026-11-01 00:50:00
		b          up      0     0.0 s     0.0 s  2026-11-01 00:00:01

	EOF
}

@test "mawk, gawk and busybox's awk give the same report and the same page" {
	{ a_day; echo 'tcpserver: status: 1/40'; sessions; changes; front_lines; reload_lines; } >log
	report log >text
	report -h log >page
	awks >awks.list
	[ "$(wc -l <awks.list)" -eq 3 ]
	while read -r awk; do
		PATH=$awk:$PATH report log | cmp - text
		PATH=$awk:$PATH report -h log | cmp - page
	done <awks.list
}

@test "names that look like equal numbers are different backends, hosts and lists" {
	names=(0.1 0.10 01 1 1.0 10 1e1)
	for name in "${names[@]}"; do
		echo "1793491200.000000 $name etd[77]: etd-connect: end ip=192.0.2.1 port=1 backend=$name addr=10.0.0.1:25 tries=1 connect=0.001 greeting=0.002 total=1.000 in=1 out=2 state=--"
		echo "1793491200.000000 $name etd[77]: checkd: up backend=$name addr=10.0.0.1:25 passes=2"
		echo "1793491200.000000 $name etd[77]: etd-server: listed ip=192.0.2.1 port=1 host=\"\" score=1 zones=$name,$name action=reject"
	done | shuf >log
	for name in 10 1e1; do echo "1793491200.000000 $name etd[77]: checkd: reload backends=1 added=0 removed=0 changed=0"; done >hosts
	for awk in $(awks); do
		PATH=$awk:$PATH report log >text
		for name in "${names[@]}"; do
			[ "$(grep -cE "^$name +1 +14\.3 % " text)" -eq 1 ]	# a session
			[ "$(grep -cE "^$name +up +0 " text)" -eq 1 ]
			[ "$(grep -cE "^$name +2 +28\.6 % " text)" -eq 1 ]	# a list
		done
		[ "$(grep -oE '^[01.e]+ +1 ' text | tr -d ' ' | sed 's/1$//' | paste -sd ' ')" = '0.1 0.10 01 1 1.0 10 1e1' ]
		PATH=$awk:$PATH etd-report hosts | grep -q '^Report of 10, 1e1, '
	done
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
	grep -q '^smtp  *an SMTP command  *1  50.0 %' text
	grep -q '^tls  *TLS, as on port 465  *1  50.0 %' text
	grep -q '^smtp1  *2  50.0 %' text
	grep -q '^smtp2  *2  50.0 %' text
	grep -q '^--  *in order  *4  100.0 %' text
	grep -q '^smtp2  *down  *1 ' text
	grep -q '^smtp1  *up  *0 ' text
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
	report log >text
	diff <(TZ=UTC tai64nlocal <log | report | sed 's/ local time/ UTC/' | words) <(words <text)
	TZ=UTC tai64nlocal <log | sed 's/\(....-..-..\) \([0-9:]*\)\.[0-9]*/\1T\2+0000 mx etd@1-2[77]:/' >iso
	grep -q '^2026-11-02T00:00:00+0000 mx etd@1-2\[77\]: etd-delay: exempt ' iso
	report iso | diff text -
	TZ=IST-5:30 tai64nlocal <log | sed 's/\(....-..-..\) \([0-9:]*\)\.[0-9]*/\1T\2+0530 mx etd[77]:/' | report | diff text -
	TZ=EST+5 tai64nlocal <log | sed 's/\(....-..-..\) \([0-9:]*\)\.[0-9]*/\1T\2-05:00 mx etd[77]:/' | report | diff text -
	while IFS= read -r line; do
		echo "$((0x${line:9:8} - 10)).000000 mx etd[77]: ${line#* }"
	done <log | report | diff text -
	report <(cut -d' ' -f2- log) | sed -n 1p | grep -qx 'The lines have no times, so what is otherwise for one day is for the whole log.'
	sed 's/^@[^ ]*/Nov  1 00:00:00 mx etd[77]:/' log | report | sed -n 1p | grep -q 'have no times'
	diff <(cut -d' ' -f2- log | report | sed -n '/^EARLY TALKERS$/,/^hold/p' | grep -v ^hold) \
		<(sed -n '/^EARLY TALKERS$/,/^hold/p' text | grep -v ^hold)
}

@test "the page is well formed, needs no other file and no script, and has the report's numbers" {
	{ a_day; sessions; changes; front_lines; reload_lines; } >log
	report log >text
	report -h log >page
	xmllint --noout page
	run ! grep -i -e '<script' -e 'src=' -e 'href=' -e 'url(' -e '@import' page
	[ "$(grep -o 'https*://[^"]*' page)" = http://www.w3.org/1999/xhtml ]
	unescape() { sed 's,&lt;,<,g; s,&gt;,>,g; s,&quot;,",g; s,&amp;,\&,g'; }
	# The rows of all tables, cells apart by a space, but for the bars
	grep '<tr' page | sed 's,.*<tr,<tr,; s,<svg.*</svg>,,; s,</t[dh]><t[dh][^>]*>, ,g; s,<[^>]*>,,g; s,  *$,,' | unescape | grep . >page.rows
	[ "$(wc -l <page.rows)" -gt 80 ]
	while IFS= read -r row; do
		grep -qFx -- "$row" <(sed 's/  *#*$//; s/  */ /g' text)
	done <page.rows
	# Each sentence, but for one of the lines of up and down
	sed -n 's,^<p[^>]*>\(.*\)</p>$,\1,p' page | unescape | grep -v '^The lines go from' >page.sentences
	[ "$(wc -l <page.sentences)" -ge 12 ]
	while IFS= read -r sentence; do
		grep -qF -- "$sentence" <(tr '\n' ' ' <text)
	done <page.sentences
	# The bars are in the tables, where the numbers are
	[ "$(grep -c '<svg' page)" -gt 30 ]
	[ "$(grep -c '<svg' page)" -eq "$(grep -c '<td.*><svg.*</svg></td></tr>' page)" ]
	grep -q '^<tr><th scope="row" class="words">0-0.1 s</th>.*<td class="bar"><svg .*<rect width="100.0" ' page
	grep -q '^<tr><th scope="row" class="words">0.1-0.2 s</th>.*<td class="bar"><svg .*<rect width="0.0" ' page
	[ "$(xmllint --xpath 'count(//*[local-name()="rect"][@class="down"])' page)" -eq 2 ]
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
	grep -qx '5 lines were read, 4 of them from etd; damaged, and not counted: 1\.' text
	grep -q '^smtp  *an SMTP command  *1  50.0 %  *1  *0  *0$' text
	grep -q '^http  *an HTTP request  *1  50.0 %  *0  *0  *1$' text
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
	grep -qx '22 lines were read, 19 of them from etd; damaged, and not counted: 5\.' text
	run ! grep SESSIONS text
}

@test "without -v it says what the logs lack" {
	delay 0 early named 0.1 smtp | etd-report | tr '\n' ' ' | grep -q 'No line says pass, so nothing is known of the clients that were silent: give etd-delay or etd-server the option -v '
	connect 0 failed a 'step=connect reason=x' | etd-report | grep -q '^No line says end: give etd-connect the option -v'
	delay 0 pass named 6.000 | etd-report | grep -q '^Nobody talked early\.$'
}

@test "a directory stands for multilog's files in it, in any order of files" {
	mkdir logs
	a_day | sed -n 1,5p >"logs/$(stamp 401).s"
	a_day | sed -n 6,9p >"logs/$(stamp 801).u"
	a_day | sed -n '10,$p' >logs/current
	touch logs/lock logs/state
	a_day >all
	report all >text
	report logs | diff text -
	report logs/current logs/@*.u logs/@*.s | diff text -
	mkdir 'a=b'
	mv logs 'a=b/c d'
	cd 'a=b' && report 'c d' | diff ../text -
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
		[ "$output" = 'etd-report: fatal: no line of etd-delay, etd-server, etd-connect or checkd' ]
	done
	run -111 etd-report </dev/null
	run -100 etd-report -x
	[ "$output" = 'etd-report: usage: etd-report [ -h ] [ file ... ]' ]
}

# crowd N: as many early talkers, each from a network of its own
crowd() {
	awk -v n="$1" -v stamp="$(stamp 5)" 'BEGIN { for (i = 0; i < n; i++)
		printf "%s etd-delay: early ip=10.%d.%d.%d port=1 host=a class=named waited=0.100 bytes=9 kind=smtp text=x\n", stamp, i / 65536, int(i / 256) % 256, i % 256 }' |
		sed 's/ip=10\.\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\)/ip=\1.\2.\3.1/'
}

@test "memory does not grow with the number of lines, nor with that of addresses" {
	whole_ehlo() { sed 's/bytes=9 kind=smtp text=x/bytes=8 kind=smtp text="EHLO a\\r\\n"/'; }
	a_day >few
	crowd 4500 | whole_ehlo >>few
	cp few many
	for _ in {1..5}; do cat many many >more && mv more many; done
	crowd 100000 | whole_ehlo >>many
	[ "$(wc -c <many)" -gt 20000000 ]
	# fits AWK FILE KB: whether that much address space is enough
	fits() { (ulimit -v "$3" && PATH=$1:$PATH etd-report "$2" >/dev/null 2>&1); }
	awks >awks.list
	while read -r awk; do
		kb=4000
		until fits "$awk" few $kb; do
			kb=$((kb + 2000))
			[ $kb -lt 200000 ]
		done
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
	diff <(sed 1d text) <(sed 1d text2)
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
		words <text | grep -q ' Not spam, and not counted in what follows, except by class and kind: 9 of kind tls, proxy or quit\. '
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
	grep -q '; damaged, and not counted: 3\.$' text
	grep -qx 'It covers 1.0 d, from 2026-11-01 00:00:00 to 2026-11-02 00:00:00 UTC\.' text
	grep -q '^a  *up  *1  16.7 min  16.7 min  2026-11-01 00:50:00$' text
	grep -qx 'Changes that are older than the one before, and so left out: 1.' text
	words <text | grep -q ' The word fatal is in 1 line, which this report leaves out\. Look for it with grep fatal\. '
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
		[[ $output == *'After the hold, etd-connect found 2 more that talked before the greeting, and 1 before the reply to their first command. By kind: 2 smtp, 1 http.'* ]]
		[[ $output == *'6 of 13 clients that were held'* ]]
		[[ $output == *'Not spam, and not counted in what follows, except by class and kind: 1 of kind tls, proxy or quit.'* ]]
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

@test "it says which host it is of, if the log does, and where and when it was made" {
	a_day >log
	run -0 bash -c 'etd-report log | head -n 1'
	[[ $output =~ ^Report\ made\ on\ $(uname -n),\ 20[0-9-]{8}\ [0-9:]{5}\ UTC\.$ ]]
	etd-report -h log | grep -q "^<title>Early talking detection: $(uname -n)</title>"
	for host in mx1 mx2.example mx1 '<b>'; do
		while IFS= read -r line; do
			echo "$((0x${line:9:8} - 10)).000000 $host etd[77]: ${line#* }"
		done <log
	done >unix
	for awk in $(awks); do
		PATH=$awk:$PATH run -0 bash -c 'etd-report unix | head -n 1'
		[[ $output =~ ^Report\ of\ mx1,\ mx2\.example,\ made\ 20[0-9-]{8}\ [0-9:]{5}\ UTC\.$ ]]
	done
	cut -d' ' -f2- log | sed 's/^/Nov  1 00:00:00 mx3 etd[77]: /' | etd-report | grep -q '^Report of mx3, made '
}

@test "a flood is seen: early talkers over time, and the busiest hour" {
	{
		for day in {0..40}; do for hour in 3 15; do delay $((day * 86400 + hour * 3600)) early named 0.1 smtp; done; done
		for s in {1..160}; do delay $((9 * 86400 + 7 * 3600 + s)) early nordns 0.1 smtp; done
		delay $((9 * 86400 + 8 * 3600)) early nordns 0.1 quit	# no spam
	} >log
	report log >text
	sed -n '/^EARLY TALKERS OVER/,/^$/p; /^week/,/^$/p' text >table
	diff table - <<-'EOF'
		EARLY TALKERS OVER TIME

		week of     clients   share
		2026-10-26        2   0.8 %
		2026-11-02       14   5.8 %  ###
		2026-11-09      174  71.9 %  ########################################
		2026-11-16       14   5.8 %  ###
		2026-11-23       14   5.8 %  ###
		2026-11-30       14   5.8 %  ###
		2026-12-07       10   4.1 %  ##

	EOF
	words <text | grep -q ' The busiest hour began at 2026-11-10 07:00 UTC: 160 early talkers, 643 times as many as on average\. '
	# A shorter log has shorter rows
	head -n 40 log | report >text
	grep -q '^2026-11-01 Sun  *2 ' text
	head -n 4 log | report | grep -q '^2026-11-02 15:00  *1 '
	sed 's/early/pass/' log | report >text
	run ! grep -e 'OVER TIME' -e 'BY HOUR' text
}

@test "early talkers by hour of the day and by day of the week, on average, in the time of the stamps" {
	{
		for day in {0..13}; do delay $((day * 86400 + 3599)) early named 0.1 smtp; done
		for s in 1 2 3; do delay $((3 * 86400 + 82800 + s)) early named 0.1 smtp; done
		delay 0 exempt named 0.000
		delay $((14 * 86400)) exempt named 0.000
	} >log
	for awk in $(awks); do
		PATH=$awk:$PATH report log >text
		[ "$(grep -c '^[0-9][0-9]-[0-9][0-9] h ' text)" -eq 24 ]
		grep -q '^UTC  *clients  *an hour$' text
		grep -q '^00-01 h  *14  *1\.0  ##*$' text
		grep -q '^01-02 h  *0  *0\.0$' text
		grep -q '^23-24 h  *3  *0\.2  ##*$' text
		grep -q '^Sun  *2  *1\.0  ##*$' text
		grep -q '^Wed  *5  *2\.5  ##*$' text
	done
	TZ=IST-5:30 tai64nlocal <log | report >text
	grep -q '^local time  *clients  *an hour$' text
	grep -q '^06-07 h  *14  *1\.0  ##*$' text
	# For less than a week nothing is said of its days
	head -n 6 log | report >text
	grep -q 'BY HOUR' text
	run ! grep 'BY DAY' text
}

@test "networks and addresses that talked early most often, IPv6 by /64" {
	from() { delay "$1" early nordns 0.1 "${3-smtp}" | sed "s/ip=192.0.2.1 /ip=$2 /"; }
	{
		for ip in 198.51.100.{1..9} 198.51.100.1 192.0.2.77 192.0.2.77 203.0.113.5; do from 1 $ip; done
		for ip in 2001:db8::1 2001:db8:0:0:5::2 2001:db8:1:2:3:4:5:6 2001:db8:1:2::9 2001:db8:1:2::9 ::1 ::2 fe80::1:2:3:4:5 fe80:0:0:1::7; do from 2 $ip; done
		for ip in 1.2.3 1.2.3 '"<b>"' '"<b>"' x:y x:y ''; do from 3 "$ip"; done
		for _ in 1 2 3 4 5 6 7 8 9 10 11; do from 4 192.0.2.99 quit; done
	} >log
	for awk in $(awks); do
		PATH=$awk:$PATH report log >text
		sed -n '/^network/,$p' text >from
		[ "$(sed 's/  */ /g; s/ #*$//' from)" = 'network clients share
198.51.100.0/24 10 34.5 %
2001:db8:1:2::/64 3 10.3 %
192.0.2.0/24 2 6.9 %
2001:db8::/64 2 6.9 %
::/64 2 6.9 %
fe80:0:0:1::/64 2 6.9 %

address clients share
192.0.2.77 2 6.9 %
198.51.100.1 2 6.9 %
2001:db8:1:2::9 2 6.9 %' ]
	done
	from 1 192.0.2.1 | report | grep -qx 'No address had more than 1 early talker\.'
}

@test "with more addresses than it counts, it says by how much a count may be too low" {
	{
		crowd 9000
		for s in {1..300}; do delay $s early named 0.1 smtp; done
		crowd 3000
	} >log
	for awk in $(awks); do
		PATH=$awk:$PATH report log >text
		low=$(words <text | sed -n 's/.* There were more than 4000 addresses, so these counts may be too low, by \([0-9]*\) at most\. .*/\1/p')
		[ "$low" -ge 1 ]
		[ "$low" -le 3 ]
		counted=$(sed -n 's/^192\.0\.2\.1  *\([0-9]*\) .*/\1/p' text)
		[ "$counted" -le 300 ]
		[ $((counted + low)) -ge 300 ]
		[ "$(grep -c '\.1  *[0-9]*  *[0-9.]* %' text)" -eq 1 ]
	done
	crowd 9000 | report | grep -q '^No network had more than [2-4] early talkers\.$'
}

# named SECONDS IP HOST BYTES TEXT: an early talker of class named
named() { echo "$(stamp "$1") etd-server: early ip=$2 port=1 host=$3 class=${6-named} waited=0.000 bytes=$4 kind=smtp text=\"$5\""; }

@test "named hosts that send a whole EHLO at once are marked: a backend may have told them to talk early" {
	{
		for s in 0 100 200; do
			named $s 192.0.2.7 mx.example 17 'EHLO mx.example\r\n'
			echo "$(stamp $((s + 50))) etd-server: pass ip=192.0.2.7 port=1 host=mx.example class=named waited=6.000"
		done
		named 300 2001:db8::8 tls.example 28 'EHLO tls.example\r\nSTARTTLS\r\n'
		named 301 192.0.2.9 one.example 424 'EHLO one.example\r\nMAIL FROM:<me@one.example> SIZE=1335\r\nRCPT TO:<you@front.example>\r\nBDAT 31'
		named 302 192.0.2.9 one.example 424 "EHLO one.example\\r\\nMAIL FROM:<bounce-$(printf %070d 0)"
		# none of these
		named 400 192.0.2.1 a.example 17 'EHLO mx.example'
		named 401 192.0.2.1 a.example 18 'EHLO mx.example\r\n'
		named 402 192.0.2.1 a.example 17 'HELO mx.example\r\n'
		named 403 192.0.2.1 a.example 17 'EHLO mx.example\r\n' dynamic
		named 404 192.0.2.1 '\"\"' 17 'EHLO mx.example\r\n' nordns
		named 405 192.0.2.1 a.example 90 'EHLO a\r\nMAIL FROM:<a@a>\r\nRCPT TO:<b@b>\r\nDATA\r\n'
		named 406 192.0.2.1 a.example 14 'EHLO a\r\nQUIT\r\n'
		named 407 192.0.2.1 a.example 9 'EHLO a b\r\n'
	} | sed 's/\\"/"/g' >log
	etd-report log >text
	run -0 words <text
	[[ $output == *'PERHAPS TOLD TO TALK EARLY 6 early talkers with a name have sent a whole EHLO at once:'* ]]
	[[ $output == *' EHLO alone 3 21.4 % '* && $output == *' EHLO and STARTTLS 1 '* && $output == *' EHLO and a mail 2 '* ]]
	[[ $output == *'"pipelining_connect_advertise_hosts ="'* ]]
	[[ $output == *' host early passed later 192.0.2.7 mx.example 3 3 192.0.2.9 one.example 2 0 2001:db8::8 tls.example 1 0 HOW SOON'* ]]
	etd-report -h log >page
	grep -q '<h2>Perhaps told to talk early</h2>' page
	grep -q '192.0.2.7 mx.example</th><td data-head="early">3</td><td data-head="passed later">3</td>' page
	report log >text
	awks >awks.list
	while read -r awk; do PATH=$awk:$PATH report log | cmp - text; done <awks.list
	grep -v pass log | etd-report >text
	grep -q '^192.0.2.7 mx.example  *3  *-$' text
	grep -v 'EHLO mx\|tls\|one' log | etd-report >text
	run ! grep -i perhaps text
}

@test "clients that are tired of waiting never raise the hold that would have caught" {
	{
		for s in 1 2 3; do delay $s early named 0.400 smtp; done
		for s in 4 5 6 7 8 9; do delay $s early named 25.000 quit; done
		delay 10 pass named 30.000
	} >log
	report log | grep -qx 'A hold of 0.5 s would have caught 100.0 % of the early talkers.'
	delay 1 early named 25.000 quit | report >text
	run ! grep -e 'A hold of' -e 'WHICH HOLD' text
}

@test "etd-server's lines count as etd-delay's, and those in tcpserver's form not at all" {
	a_day >log
	report log >text
	sed 's/ etd-delay: / etd-server: /' log | report | diff text -
	{
		cat log
		echo "$(stamp 20) etd-server: status: 1/40"
		echo "$(stamp 20) etd-server: ok 4711 mx.example:10.0.0.1:25 h.example:192.0.2.1::4711"
		echo "$(stamp 20) etd-server: end 4711 status 0"
		echo "$(stamp 20) etd-server: warning: something"
	} | report | sed 's/^17 lines were read, 14 /13 lines were read, 13 /' | diff text -
	# Who hangs up before the name is known has no class
	{ cat log; echo "$(stamp 1100) etd-server: hangup ip=192.0.2.1 port=1 host=\"\" class=\"\" waited=0.100"; } | report >text
	run ! grep damaged text
	grep -qx 'unknown     1      0   0.0 %       0        1       0          -        0 s' text
	words <text | grep -q 'and of unknown ones it was not known when they hung up\.'
	grep -q '^0\.5 s .* 1 *3 s$' text
}

@test "real logs of etd-server: early talkers, clients remembered and clients over a limit" {
	start_server front env ETD_DELAY=0.2 ETD_PASSED=passed.cdb etd-server -v -1 -H -l front.example 127.0.0.1 0 sh -c 'echo 220'
	talk front <<<'EHLO spam.example'
	listen front
	wait_for eval 'listen front; grep -q known front.log'
	mkfifo go
	start_server small env ETD_DELAY=0.2 ETD_PER_CLIENT=1 etd-server -v -1 -H -l front.example 127.0.0.1 0 sh -c 'echo 220; read -r _ <go'
	start patient socat -u "TCP:127.0.0.1:$(port small)" -
	has patient.out 220
	[[ $(listen small) == 421* ]]
	cat front.log small.log >log
	report log >text
	run ! grep damaged text
	words <text >said
	grep -q " 1 of $(grep -c -e ': pass ' -e ': early ' log) clients that were held talked before the greeting: " said
	grep -q " $(grep -c ': known ' log) clients* had passed before and w[aers]* not held again\. That saved them " said
	grep -q ' 1 client was told to come again later, because a limit was reached\. ' said
	grep -q '^per-client  *1  100\.0 %' text
}

@test "clients that etd-server found on lists, remembered, or had too many of, and its stress" {
	front_lines >alone
	{ a_day; front_lines; } >log
	for awk in $(awks); do
		PATH=$awk:$PATH report log >text
		run ! grep damaged text
		words <text >said
		grep -q ' 3 clients were listed: 1 refused, 1 left to rblsmtpd, 1 only logged\. A client may be on several lists\. ' said
		grep -q '^zen\.example  *3  100\.0 %' text
		grep -q '^bl\.example  *1  *33\.3 %' text
		grep -q '^other\.example  *1  *33\.3 %' text
		grep -q ' 2 clients had passed before and were not held again\. That saved them 13 s of waiting: those that passed were held for 6\.7 s on average\. ' said
		grep -q ' 2 clients were told to come again later, because a limit was reached\. ' said
		grep -q '^client  *1  50\.0 %' text
		grep -q '^too many <b>  *1  50\.0 %' text
		grep -q ' etd-server was under stress twice, for 4\.0 min in all and 3\.0 min at most\. At the most, 950 clients were held\. ' said
		PATH=$awk:$PATH report alone | words | grep -q ' not held again\. CLIENTS OVER'
	done
	head -n 8 alone | report | words | grep -q 'under stress once, .*; it still was at the end of the log\.'
	etd-report -h log | xmllint --noout -
	a_day | report >text
	run ! grep -e LISTS -e REMEMBERED -e LIMIT -e STRESS text
	# Damaged ones, and more reasons than anyone has
	{
		echo "$(stamp 1) etd-server: listed ip=192.0.2.8 port=1 host=a score=3 zones=z action=<b>"
		echo "$(stamp 1) etd-server: known ip=192.0.2.8 port=1 host=a class=named waited=x"
		echo "$(stamp 1) etd-server: stress held=x programs=1 state=on"
		echo "$(stamp 1) etd-server: limit ip=192.0.2.8 port=1"
		for n in {1..99}; do echo "$(stamp 1) etd-server: limit ip=192.0.2.8 port=1 reason=r$n"; done
	} | report >text
	grep -q '; damaged, and not counted: 4\.$' text
	grep -q '^others  *49  49\.5 %' text
}

@test "what a reload changed, and a backend that is disabled or removed is neither up nor down" {
	{ check 0 down a; check 0 up b; check 100 up a; reload_lines; check 3600 up c; } >log
	for awk in $(awks); do
		PATH=$awk:$PATH report log >text
		run ! grep damaged text
		grep -q '^a  *removed  *1  *1\.7 min  *1\.7 min  2026-11-01 00:43:20$' text
		grep -q '^b  *disabled  *0  *0\.0 s  *0\.0 s  2026-11-01 00:43:20$' text
		sed -n '/^RELOADS/,$p' text >reloads
		diff reloads - <<-'EOF'
			RELOADS OF THE BACKENDS FILE

			checkd read its file again twice; 5 changes took effect.

			backend  UTC                  change
			a        2026-11-01 00:43:20  removed
			b        2026-11-01 00:43:20  weight 0, was 2
			b        2026-11-01 00:43:20  disabled
			b        2026-11-01 00:43:20  helo "HELO <b> now=x was=y", was "HELO \"a"
			c        2026-11-01 00:43:20  added

		EOF
	done
	etd-report -h log | xmllint --noout -
	# The last ones, and what is none
	{
		for n in {1..99}; do echo "$(stamp "$n") checkd: added backend=b$n addr=10.0.0.1:25"; done
		echo "$(stamp 100) checkd: changed backend=b addr=10.0.0.1:25 option=weight"
		echo "$(stamp 100) checkd: added backend=<b> addr=10.0.0.1:25"
	} | report >text
	grep -q '; damaged, and not counted: 2\.$' text
	[ "$(grep -c '^b[0-9]* .* added$' text)" -eq 40 ]
	grep -q '^b60 ' text
}

@test "a real checkd's reload is in the report" {
	printf '%s\n' 'a 127.0.0.1:9' 'b 127.0.0.2:9' >backends
	start checkd checkd backends backends.cdb
	has_lines checkd.log 'down backend=' 2
	printf '%s\n' 'a 127.0.0.1:9 disabled' 'c 127.0.0.3:9 weight=2' >backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log ' reload '
	report checkd.log >text
	run ! grep damaged text
	grep -q '^a  *disabled  *1 ' text
	grep -q '^b  *removed  *1 ' text
	grep -q '^a  *-  *disabled$' text
	grep -q '^c  *-  *added$' text
}

@test "names are whole, and lines of text are no longer than a terminal's" {
	long=$(printf 'x%.0s' {1..64})
	{ a_day; sessions; changes; } | sed "s/backend=b /backend=$long /" >log
	report log >text
	[ "$(grep -c "^$long$" text)" -ge 3 ]
	run ! grep '.\{80\}' text
	report -h log | grep -q "<th scope=\"row\" class=\"words\">$long</th>"
}

@test "the letters of each state are explained where they stand" {
	states=$(sed -n '/^has two letters/,/^Messages/s/^\.It Li //p' "$top/man/etd-connect.8" | tr -d ,)
	[ "$(wc -w <<<"$states")" -gt 12 ]
	for state in $states; do
		[ "$state" != SQ ] || continue	# no session
		connect 10 end b "tries=1 connect=0.010 greeting=0.200 total=3.000 in=1 out=1 state=$state" | report >text
		grep -q -- "^$state  *[a-z]" text
		run ! grep 'see etd-connect(8)' text
	done
	connect 10 end b "tries=1 connect=0.010 greeting=0.200 total=3.000 in=1 out=1 state=XY" | report |
		grep -q '^XY     see etd-connect(8)  *1 '
}

@test "long times are in hours, and many bytes in GB" {
	{ for s in 1 2 3 4; do delay $s pass named 300.000; delay $s early named 0.1 smtp; done; } >log
	for _ in {1..5}; do cat log log >more && mv more log; done
	connect 10 end b 'tries=1 connect=0.010 greeting=0.200 total=3.000 in=1500000000 out=1000 state=--' >>log
	report log >text
	grep -q '^named .*  10\.7 h$' text
	grep -q '^30 s .*  30720 h$' text
	grep -q '^b  *1\.5 GB  *0\.0 MB ' text
}
