load lib

# The lists are rbldnsd's, or t/dns's where they are to answer late, wrongly, or not at all. RFC 5782's
# test addresses are 127.0.0.1 and 2: the clients have others.

# blocklist FILE [ ENTRY ... ]: entries of rbldnsd's, among which are those for the test
blocklist() {
	local file=$1
	shift
	printf '%s\n' ':127.0.0.2:See https://bl.example/?$' 127.0.0.2 "$@" >"$file"
}

# lists ZONE:TYPE:FILE ...: rbldnsd on lists.port; its questions are in lists.out
lists() {
	local as=
	[ "$(id -u)" -ne 0 ] || as='-u nobody'
	let_others_in
	[ -e lists.port ] || free_port lists
	# shellcheck disable=SC2086
	start lists "$top/t/peer/usr/sbin/rbldnsd" -n $as -t "${ttl-2100}" -c 0 -l +- -b "127.0.0.1/$(port lists)" "$@"
	has lists.out ' started '
	resolver=127.0.0.1:$(port lists)
}

# one_list [ ENTRY ... ]: bl.example
one_list() {
	blocklist bl "$@"
	lists bl.example:ip4set:bl
}

# asked ADDRESS LIST: how often, with its bytes or nibbles reversed
asked() { count lists.out " $1\.$2\.example A "; }

# front [ VARIABLE=VALUE ... ] [ etd-server OPTION ... ]
front() {
	local set=()
	while [[ ${1-} == *=* ]]; do set+=("$1"); shift; done
	[ $# -gt 0 ] || set -- "${server-etd-server}" -H
	rm -f front.log
	start_server front env DNSCACHEIP="${resolver-}" ETD_DELAY="${hold-1}" ETD_DNSBL="${dnsbl-bl.example}" \
		"${set[@]}" "$@" -v -1 -l front.example "${ip-127.0.0.1}" 0 sh -c 'echo "220 $ETD_RESULT ${RBLSMTPD-unset}"; '"${after-}"
}

# says ADDRESS TEXT: what a silent client with that address hears
says() {
	run -0 listen_from "$1" front
	# shellcheck disable=SC2053
	[[ $output == $2 ]] || { echo "$1: $output"; return 1; }
}
pass='220 pass unset'

# with OPTION ...: etd-server with these constants, in ./own
with() {
	"$top/compile-daemon" -D_GNU_SOURCE '-DETD_VERSION="test"' -I "$top/lib" -I "$top/verdict" "$@" -o own "$top"/etd-server/*.c \
		"$top/lib/libetd-daemon.a" "$(cc -print-file-name=libcdb.a)" -lcares
	server=./own
}

@test "who is listed when the hold ends is refused, with the list's name and text; others pass" {
	one_list 127.0.0.9
	front
	says 127.0.0.8 "$pass"
	says 127.0.0.9 $'554 5.7.1 Refused: 127.0.0.9 is listed by bl.example: See https://bl.example/?127.0.0.9\r'
	has front.log '^etd-server: listed ip=127\.0\.0\.9 port=[0-9]* host="" score=1 zones=bl\.example action=reject class=nordns waited=1\.[0-9]*$'
	[ "$(count front.log listed)" -eq 1 ]
	[ "$(count front.log 'pass ip=127.0.0.9')" -eq 0 ]
	# The reply arrives though the client has begun to send at that moment.
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); cat <&5"
	[ "$output" = "$pass" ]
}

@test "a list without a text, or whose text does not come in time, is named alone" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2' \
		'9.0.0.127.bl.example TXT !silent' '8.0.0.127.bl.example A 127.0.0.2'
	front
	says 127.0.0.9 $'554 5.7.1 Refused: 127.0.0.9 is listed by bl.example\r'
	says 127.0.0.8 $'554 5.7.1 Refused: 127.0.0.8 is listed by bl.example\r'
}

@test "each site that matches counts once with its weight; its filter says which answers match" {
	blocklist bl '127.0.0.9 :127.0.0.9:' '127.0.0.8 :127.0.0.12:' 127.0.0.7 '127.0.0.6 :127.0.0.4:'
	blocklist more '127.0.0.9 :127.0.0.10:' '127.0.0.5 :127.3.9.1:'
	blocklist wl '127.0.0.7 :127.0.5.3:' '127.0.0.9 :127.0.5.0:' '127.0.0.8 :127.0.5.1:'
	lists bl.example:ip4set:bl bl.example:ip4set:more wl.example:ip4set:wl
	dnsbl='bl.example=127.0.0.2*3,bl.example=127.0.0.[9..11]*20,	bl.example bl.example=127.[1;3..4].[0..255].1*50 WL.example=127.0.[4;5].[1..3]*-4' \
		front ETD_DNSBL_THRESHOLD=2
	for i in 9 8 7 6 5; do listen_from "127.0.0.$i" front >"$i.out" & done
	wait
	# Two answers match the second site, and the filter of the last one wants trust from 1 on.
	has front.log 'listed ip=127\.0\.0\.9 .* score=21 zones=bl\.example action'
	# 1 - 4, 3 + 1 - 4, 1: below the threshold
	for i in 8 7 6; do [ "$(cat $i.out)" = "$pass" ]; done
	has front.log 'listed ip=127\.0\.0\.5 .* score=51 zones=bl\.example action'
	dnsbl='bl.example*9 wl.example*-4' front ETD_DNSBL_THRESHOLD=2
	says 127.0.0.8 '554 *'
	has front.log 'listed ip=127\.0\.0\.8 .* score=5 zones=bl\.example,wl\.example action'
}

@test "the text is that of the list with the highest weight" {
	blocklist a '127.0.0.9 :127.0.0.2:Text of a'
	blocklist b '127.0.0.9 :127.0.0.2:Text of b'
	lists a.example:ip4set:a b.example:ip4set:b c.example:ip4set:a
	dnsbl='a.example*2 b.example*3 c.example' front
	says 127.0.0.9 $'554 5.7.1 Refused: 127.0.0.9 is listed by b.example: Text of b\r'
	has front.log 'score=6 zones=a\.example,b\.example,c\.example '
	[ "$(count lists.out ' 9.0.0.127.a.example TXT ')" -le 1 ]
}

@test "with ETD_DNSBL_ALLOW a score that is low enough ends the hold when all lists have answered" {
	one_list 127.0.0.9
	blocklist wl 127.0.0.9 127.0.0.8
	stop lists
	lists bl.example:ip4set:bl wl.example:ip4set:wl
	dnsbl='bl.example*3 wl.example*-2' hold=60 front ETD_DNSBL_ALLOW=-2
	# Once both tests are over:
	has_lines lists.out ' 2\.0\.0\.127\..* A ' 2
	says 127.0.0.8 "$pass"
	has front.log 'pass ip=127\.0\.0\.8 .* waited=[0-9]\.'
	# The answers are there when it comes again.
	says 127.0.0.8 "$pass"
	# A higher score waits for the end of the hold.
	for i in 7 9; do start "held$i" socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.$i" -; done
	has_lines lists.out ' [79]\.0\.0\.127\.' 4
	sleep 1
	[ ! -s held7.out ]
	[ ! -s held9.out ]
}

@test "a list that has not answered keeps ETD_DNSBL_ALLOW from ending the hold, one that has failed does not" {
	resolver '2.0.0.127.wl.example A 127.0.0.2' '9.0.0.127.wl.example A 127.0.0.2' \
		'2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !late=1' \
		'1.0.0.127.broken.example A !rcode=2' '9.0.0.127.broken.example A !rcode=2' \
		'8.0.0.127.wl.example A !late=5 127.0.0.2'
	dnsbl='bl.example wl.example*-2 broken.example*5' hold=60 front ETD_DNSBL_ALLOW=-1
	has front.log 'list broken\.example: it does not answer'
	says 127.0.0.9 "$pass"
	has front.log 'pass .* waited=[1-9]\.'
	# Who talks before they have answered has talked early.
	run -0 bash -c "echo EHLO | socat -t 20 - TCP:127.0.0.1:$(port front),bind=127.0.0.8"
	[[ $output == '554 5.5.1 '* ]]
}

@test "with action rblsmtpd or log the client goes on, and the program is told" {
	one_list 127.0.0.9
	front ETD_DNSBL_ACTION=rblsmtpd
	says 127.0.0.9 '220 listed -5.7.1 Refused: 127.0.0.9 is listed by bl.example: See https://bl.example/[?]127.0.0.9'
	has front.log '^etd-server: listed ip=127\.0\.0\.9 .* score=1 zones=bl\.example action=rblsmtpd class=nordns waited=1\.'
	says 127.0.0.8 "$pass"
	front ETD_DNSBL_ACTION=log
	says 127.0.0.9 '220 listed unset'
	has front.log '^etd-server: listed .* action=log '
	[ "$(count front.log '127\.0\.0\.9.* class=')" -eq 1 ]
	# Nobody reads the text then.
	[ "$(count lists.out '^[0-9]* 127.0.0.1 9.* TXT ')" -eq 1 ]
}

# talks ADDRESS TEXT: what a client hears that talks at once, and again a moment later
talks() {
	run -0 bash -c "(echo HELO; sleep 0.3; echo MAIL) | socat -t 60 - TCP:127.0.0.1:$(port front),bind=$1"
	# shellcheck disable=SC2053
	[[ $output == $2 ]] || { echo "$1: $output"; return 1; }
}

@test "an early talker that is let in all the same is refused if it is listed, and waits for no longer than the lists" {
	one_list 127.0.0.9
	after='cat >/dev/null'
	printf '%s\n' '127.0.0.8:allow,ETD_DELAY="60"' '127.0.0.7:allow,ETD_DELAY="60",ETD_DNSBL=""' ':allow' |
		tcprules rules.cdb rules.tmp
	hold=2 front ETD_ACTION=log ETD_COUNTS=counts.cdb etd-server -H -x rules.cdb
	talks 127.0.0.9 $'554 5.7.1 Refused: 127.0.0.9 is listed by bl.example: See https://bl.example/?127.0.0.9\r'
	has front.log '^etd-server: early ip=127\.0\.0\.9 port=[0-9]* host="" class=nordns waited=0\.'
	has front.log '^etd-server: listed ip=127\.0\.0\.9 .* action=reject class=nordns waited=2\.'
	talks 127.0.0.8 '220 early unset'
	talks 127.0.0.7 '220 early unset'	# no list, no wait
	[ "$(count front.log early)" -eq 3 ]
	[ "$(count front.log listed)" -eq 1 ]
	[ "$(asked '8\.0\.0\.127' bl)" -eq 1 ]
	[ "$(asked '7\.0\.0\.127' bl)" -eq 0 ]
	kill -TERM "$(cat front.pid)"
	wait_for eval '! kill -0 "$(cat front.pid)"'
	# Each client is counted once.
	[ "$(cdb -q counts.cdb early.nordns) $(cdb -q counts.cdb listed.nordns)" = '3 0' ]
}

@test "what happens to an early talker that is listed is what both actions say, the list's first" {
	one_list 127.0.0.9
	after='cat >/dev/null'
	list='-5.7.1 Refused: 127.0.0.9 is listed by bl.example: See *'
	early='-5.5.1 Refused: you talked before the greeting'
	for both in 'log/reject/554 5.7.1 *' "log/rblsmtpd/220 early $list" 'log/log/220 early unset' \
		'rblsmtpd/reject/554 5.7.1 *' "rblsmtpd/rblsmtpd/220 early $list" "rblsmtpd/log/220 early $early" \
		'reject/reject/554 5.5.1 *'; do
		IFS=/ read -r talk listed hears <<<"$both"
		front ETD_ACTION="$talk" ETD_DNSBL_ACTION="$listed"
		talks 127.0.0.9 "$hears"
		has front.log ': early '
		[ "$talk" = reject ] || has front.log ": listed .* action=$listed "
		[ "$(count front.log '\(pass\|early\|listed\) ip')" -eq "$([ "$talk" = reject ] && echo 1 || echo 2)" ]
		stop front
	done
}

@test "an early talker that was known, or whose name came late, is judged by the lists before it is let in" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2' '8.0.0.127.bl.example A 127.0.0.2' \
		'127.0.0.9 PTR !late=1 mx.example'
	{ echo version 1; for i in 7 8; do echo "127.0.0.$i $(($(date +%s) + 1000))"; done; } | cdb -c -m passed.cdb -
	mkfifo go
	start_server front env DNSCACHEIP="$resolver" ETD_DELAY=2 ETD_DNSBL=bl.example ETD_ACTION=log ETD_PASSED=passed.cdb \
		etd-server -v -1 -l front.example -c 1 127.0.0.1 0 sh -c 'echo "220 $ETD_RESULT"; [ "$ETD_RESULT" = early ] || exec cat go; cat >/dev/null'
	talks 127.0.0.9 '554 5.7.1 *'
	has front.log 'early ip=127\.0\.0\.9 .* host=mx\.example '
	start first socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.6" -
	has first.out '220 pass'
	# Those that are known wait for a program, and talk.
	for i in 7 8; do start "known$i" bash -c "echo HELO | socat -t 60 - TCP:127.0.0.1:$(port front),bind=127.0.0.$i"; done
	has known8.out '^554 5\.7\.1 Refused: 127\.0\.0\.8 is listed by bl\.example'
	has front.log 'early ip=127\.0\.0\.7 '
	[ ! -s known7.out ]
	echo >go
	has known7.out '^220 early$'
}

@test "who waits for a program is judged by what the lists have answered when it is its turn" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !late=2 127.0.0.2' '9.0.0.127.bl.example TXT why'
	mkfifo go
	start_server front env DNSCACHEIP="$resolver" ETD_DELAY=0.5 ETD_DNSBL=bl.example \
		etd-server -v -1 -H -l front.example -c 1 127.0.0.1 0 sh -c 'echo 220; read -r _ <go'
	start first socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.8" -
	has first.out 220
	start second socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has resolver.log 'TXT 9\.0\.0\.127\.'	# asked for when the list has answered
	[ ! -s second.out ]
	echo >go
	has second.out '^554 5\.7\.1 Refused: 127\.0\.0\.9 is listed by bl\.example: why'
}

@test "rblsmtpd refuses with that text" {
	one_list 127.0.0.9
	start_server front env DNSCACHEIP="$resolver" ETD_DELAY=1 ETD_DNSBL=bl.example ETD_DNSBL_ACTION=rblsmtpd \
		etd-server -1 -H -l front.example 127.0.0.1 0 rblsmtpd -t 0 true
	says 127.0.0.9 $'553 5.7.1 Refused: 127.0.0.9 is listed by bl.example: See https://bl.example/[?]127.0.0.9\r'
}

@test "who is listed and may go on has to be silent to the end, too" {
	one_list 127.0.0.9
	hold=20 front ETD_DNSBL_ACTION=log
	run -0 bash -c "(until grep -q ' 9\.0\.0\.127\.bl' lists.out; do sleep 0.1; done; echo HELO) |
		socat -t 20 - TCP:127.0.0.1:$(port front),bind=127.0.0.9"
	[[ $output == '554 5.5.1 '* ]]
	[ "$(count front.log 'listed')" -eq 0 ]
	has front.log 'early ip=127\.0\.0\.9'
}

@test "an early talker is answered at once, whatever the lists do" {
	resolver '* A !silent'
	hold=20 front
	run -0 bash -c "(until grep -q 9.0.0.127.bl resolver.log; do sleep 0.1; done; echo HELO) |
		socat -t 20 - TCP:127.0.0.1:$(port front),bind=127.0.0.9"
	[[ $output == '554 5.5.1 '* ]]
	has front.log 'early .* waited=[0-9]\.'
}

@test "the lists hear nothing of clients that are exempt, known or denied" {
	one_list
	printf '%s\n' '127.0.0.9:allow,RELAYCLIENT=""' '127.0.0.8:allow,ETD_DELAY="0"' '127.0.0.7:deny' \
		'127.0.0.5:allow,ETD_DNSBL=""' ':allow' | tcprules rules.cdb rules.tmp
	front ETD_PASSED=passed.cdb etd-server -H -x rules.cdb
	says 127.0.0.9 '220 exempt unset'
	says 127.0.0.8 '220 exempt unset'
	says 127.0.0.7 ''
	says 127.0.0.6 "$pass"
	says 127.0.0.6 '220 known unset'
	says 127.0.0.5 "$pass"
	[ "$(count lists.out ' [5789]\.0\.0\.127\.bl')" -eq 0 ]
	[ "$(asked '6\.0\.0\.127' bl)" -eq 1 ]
}

@test "clients of several rules are judged by their lists, each by its own, though they are held at once" {
	one_list 127.0.0.8 127.0.0.9
	printf '%s\n' '127.0.0.7:allow,A="1"' '127.0.0.8:allow,A="2"' '127.0.0.9:allow,A="3",ETD_DNSBL_THRESHOLD="2"' \
		':allow' | tcprules rules.cdb rules.tmp
	hold=2 front etd-server -H -x rules.cdb
	for a in 9 8 7; do start "heard$a" socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.$a" -; done
	has heard7.out "^$pass$"
	has heard8.out '^554 5\.7\.1 Refused: 127\.0\.0\.8 is listed by bl\.example: '
	has heard9.out "^$pass$"
}

@test "who is listed is not remembered as one that has passed" {
	one_list 127.0.0.9
	for action in reject log; do
		rm -f passed.cdb
		front ETD_PASSED=passed.cdb ETD_DNSBL_ACTION=$action
		says 127.0.0.9 '*'
		says 127.0.0.8 "$pass"
		kill -TERM "$(cat front.pid)"
		wait_for eval '! kill -0 "$(cat front.pid)"'
		run -0 cdb -d -m passed.cdb
		[[ $output == *127.0.0.8* && $output != *127.0.0.9* ]]
	done
}

@test "a client of which a list has said nothing is not remembered, unless that list answers no test either" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !silent' '8.0.0.127.bl.example A !rcode=2' \
		'* A !silent' '1.0.0.127.bl.example A !rcode=3' '7.0.0.127.bl.example A !rcode=3'
	dnsbl='bl.example dead.example' front ETD_PASSED=passed.cdb ETD_DNS_TIMEOUT=1
	has front.log 'warning: list dead\.example: it does not answer'
	for ip in 127.0.0.9 127.0.0.8 127.0.0.7; do says $ip "$pass"; done
	kill -TERM "$(cat front.pid)"
	wait_for eval '! kill -0 "$(cat front.pid)"'
	run -0 cdb -d -m passed.cdb
	[[ $output == *127.0.0.7* && $output != *127.0.0.8* && $output != *127.0.0.9* ]]
}

@test "who is listed is forgotten, if a connection has passed before the list answered" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !late=4 127.0.0.2'
	hold=3 front ETD_PASSED=passed.cdb ETD_DNS_TIMEOUT=60
	start first socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has resolver.log ' 9\.0\.0\.127\.bl'
	sleep 2
	start second socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has first.out '220 pass'
	has second.out '554 5.7.1 '
	says 127.0.0.9 '554 5.7.1 *'	# and not: 220 known
}

@test "who is listed when the hold ends is refused then, and does not wait for a program" {
	one_list 127.0.0.9
	mkfifo go
	start_server front env DNSCACHEIP="$resolver" ETD_DELAY=1 ETD_DNSBL=bl.example \
		etd-server -1 -H -l front.example -c 1 127.0.0.1 0 sh -c 'echo 220; read -r _ <go'
	start first socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.8" -
	has first.out 220
	says 127.0.0.9 '554 5.7.1 *'
	echo >go
}

@test "all connections of one address are one question to each list, and so are later ones" {
	one_list 127.0.0.9
	front
	for i in 1 2 3 4 5; do listen_from 127.0.0.9 front >"$i.out" & done
	wait
	for i in 1 2 3 4 5; do [[ $(cat $i.out) == '554 5.7.1 '*'127.0.0.9'$'\r' ]]; done
	says 127.0.0.9 '554 *'
	says 127.0.0.8 "$pass"
	says 127.0.0.8 "$pass"
	[ "$(asked '9\.0\.0\.127' bl)" -eq 1 ]
	[ "$(count lists.out ' 9.0.0.127.bl.example TXT ')" -eq 1 ]
	[ "$(asked '8\.0\.0\.127' bl)" -eq 1 ]
}

@test "an answer is asked for again when its time is over" {
	ttl=3 one_list 127.0.0.9
	with -DINQUIRIES_TTL_MS=500
	hold=0.2 front
	says 127.0.0.9 '554 *'
	says 127.0.0.8 "$pass"
	says 127.0.0.9 '554 *'
	[ "$(asked '9\.0\.0\.127' bl)" -eq 1 ]
	# rbldnsd's time for an entry is 3 s; for none, it is the least.
	sleep 0.6
	says 127.0.0.8 "$pass"
	[ "$(asked '8\.0\.0\.127' bl)" -eq 2 ]
	sleep 3
	says 127.0.0.9 '554 *'
	[ "$(asked '9\.0\.0\.127' bl)" -eq 2 ]
}

@test "while a list is asked again its old answer counts, for those who are held and for those who come" {
	test_entry='2.0.0.127.bl.example A 127.0.0.2'
	text='9.0.0.127.bl.example TXT why'
	resolver "$test_entry" "$text" '9.0.0.127.bl.example A !ttl=1 127.0.0.2'
	with -DINQUIRIES_TTL_MS=500
	hold=5 front
	start first socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has resolver.log 'TXT 9\.0\.0\.127\.'
	zone "$test_entry" "$text" '9.0.0.127.bl.example A !late=60'
	sleep 1.5	# now the answer is too old
	start second socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has_lines resolver.log ' A 9\.0\.0\.127\.' 2
	has first.out '^554 5\.7\.1 Refused: 127\.0\.0\.9 is listed by bl\.example: why'
	has second.out '^554 5\.7\.1 Refused: 127\.0\.0\.9 is listed by bl\.example: why'
}

@test "an old answer counts for some minutes alone: not for whoever comes later, while the list is asked again" {
	test_entry='2.0.0.127.bl.example A 127.0.0.2'
	resolver "$test_entry" '9.0.0.127.bl.example A !ttl=1 127.0.0.2'
	with -DINQUIRIES_TTL_MS=500 -DINQUIRIES_OLD_MS=500
	hold=3 front
	says 127.0.0.9 '554 5.7.1 *'
	zone "$test_entry" '9.0.0.127.bl.example A !late=60'
	sleep 1.5	# the time for which the answer is kept, and then counts
	says 127.0.0.9 "$pass"
}

@test "the answers for so many addresses are kept, the oldest go first, and those in use stay" {
	one_list 127.0.0.9
	with -DINQUIRIES_MAX=4
	printf '%s\n' '127.0.0.99:allow,ETD_DELAY="60"' ':allow' | tcprules rules.cdb rules.tmp
	hold=0.2 front ./own -H -x rules.cdb
	start long socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.99" -
	has lists.out ' 99\.0\.0\.127\.'
	for i in 11 12 13 14 15 16 17; do says "127.0.0.$i" "$pass"; done
	says 127.0.0.17 "$pass"
	says 127.0.0.11 "$pass"
	says 127.0.0.99 '*' &
	[ "$(asked '17\.0\.0\.127' bl)" -eq 1 ]
	[ "$(asked '11\.0\.0\.127' bl)" -eq 2 ]
	[ "$(asked '99\.0\.0\.127' bl)" -eq 1 ]
}

@test "a list that does not answer, refuses or fails neither lists nor stops anyone" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !silent' '8.0.0.127.bl.example A !rcode=2' \
		'7.0.0.127.bl.example A !rcode=5' '6.0.0.127.bl.example A !noise' '5.0.0.127.bl.example A !short 127.0.0.2' \
		'4.0.0.127.bl.example A !id 127.0.0.2' '3.0.0.127.bl.example CNAME nothing.example'
	front ETD_DNS_TIMEOUT=2
	for i in 9 8 7 6 5 4 3; do listen_from "127.0.0.$i" front >"$i.out" & done
	wait
	for i in 9 8 7 6 5 4 3; do [ "$(cat $i.out)" = "$pass" ]; done
	[ "$(count front.log 'pass .* waited=1')" -eq 7 ]
	# It has failed a moment ago, and is not asked for each connection.
	before=$(grep -c ' 8.0.0.127' resolver.log)
	says 127.0.0.8 "$pass"
	[ "$(grep -c ' 8.0.0.127' resolver.log)" -eq "$before" ]
}

@test "a resolver that is not there stops nobody" {
	free_port lists
	resolver=127.0.0.1:$(port lists)
	front ETD_DNS_TIMEOUT=1
	says 127.0.0.9 "$pass"
	has front.log 'warning: list bl\.example: it does not answer, and is tested again until it does$'
}

@test "a resolver that is restarted costs no client what the lists say" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example TXT why' \
		'8.0.0.127.bl.example A !silent'
	hold=6 front
	has resolver.log ' 2\.0\.0\.127\.'
	start waiting socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.8" -
	has resolver.log ' 8\.0\.0\.127\.'
	stop resolver
	start client socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	wait_for has_accepted front "$(cat front.pid)" 127.0.0.9
	sleep 0.5
	zone "$(cat zone)" '8.0.0.127.bl.example A 127.0.0.2'
	sed -i '/silent/d' zone
	start resolver perl "$top/t/dns" zone "$(port resolver)"
	has client.out 'listed by bl.example: why'
	has waiting.out 'listed by bl.example'
}

@test "of a list's answer that does not fit, what is there counts; with nothing there, nothing is known" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !cut 127.0.0.2' '8.0.0.127.bl.example A !tc 127.0.0.2' \
		'7.0.0.127.bl.example CNAME !cut a.example'
	front ETD_PASSED=passed.cdb
	says 127.0.0.9 '554 5.7.1 *'
	says 127.0.0.8 "$pass"
	says 127.0.0.7 "$pass"
	says 127.0.0.6 "$pass"
	for i in 8 7; do says 127.0.0.$i "$pass"; done	# not remembered
	says 127.0.0.6 '220 known unset'
}

@test "clients whose name servers are silent keep nobody from being listed, and a network of them nobody from having a name" {
	resolver '127.0.0.9 PTR mail.example' '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2' \
		'*.1.127.in-addr.arpa PTR !silent' '*.2.127.in-addr.arpa PTR !silent'
	with -DQUESTIONS_OF_NAMES=40 -DNAMES_OF_NETWORK=20
	front ETD_NET=24/64 ETD_DNS_TIMEOUT=60 ./own
	start one perl "$top/t/clients" "$(port front)" 100 127.1
	has one.out ready
	has_lines resolver.log ' A [0-9]*\.0\.1\.127\.bl\.example' 80	# without a name
	[ "$(count resolver.log 'PTR .*\.0\.1\.127')" -eq 20 ]
	says 127.0.0.9 '554 5.7.1 *'
	has front.log 'listed ip=127\.0\.0\.9 .* host=mail\.example '
	start all perl "$top/t/clients" "$(port front)" 400 127.2
	has all.out ready
	has_lines resolver.log ' A [0-9]*\.[012]\.2\.127\.bl\.example' 380
	says 127.0.0.9 '554 5.7.1 *'
	has_lines front.log 'listed ip=127\.0\.0\.9 .* host="" ' 1
}

@test "a list that lists 127.0.0.1 is ignored, and not asked, until it does not; both are said" {
	blocklist bl 127.0.0.1 127.0.0.9
	lists bl.example:ip4set:bl
	front
	has front.log '^etd-server: warning: list bl\.example: it lists 127\.0\.0\.1, as a list that has ended may do: it is ignored until it stops$'
	says 127.0.0.9 "$pass"
	[ "$(asked '9\.0\.0\.127' bl)" -eq 0 ]
	blocklist bl 127.0.0.9
	kill -HUP "$(cat lists.pid)"	# it reads the file
	has_lines lists.out 'zones reloaded' 2
	kill -HUP "$(cat front.pid)"
	has front.log '^etd-server: warning: list bl\.example: it no longer lists 127\.0\.0\.1: it is used again$'
	says 127.0.0.9 '554 *'
	[ "$(count front.log 'warning: list')" -eq 2 ]
}

@test "a list that lists ::ffff:127.0.0.1 is ignored, too" {
	printf '%s\n' :127.0.0.2: 0:0:0:0:0:ffff:7f00:1/128 0:0:0:0:0:ffff:7f00:2/128 >six
	lists bl.example:ip6trie:six
	front
	has front.log 'warning: list bl\.example: it lists 127\.0\.0\.1'
}

@test "a list counts for nothing before it has passed a test, for which it is asked every 5 seconds" {
	resolver '1.0.0.127.bl.example A !rcode=2' '9.0.0.127.bl.example A 127.0.0.2'
	front
	has front.log 'it does not answer, and is tested again until it does'
	says 127.0.0.9 "$pass"
	zone '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2'
	has front.log 'warning: list bl\.example: it answers again$'
	says 127.0.0.9 '554 5.7.1 *'
}

@test "lists are tested again every hour, here every second, and those that did not answer after a minute" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '* A !silent'
	with -DZONES_TEST_MS=1000 -DZONES_AGAIN_MS=500
	front ETD_DNS_TIMEOUT=0.5
	has front.log 'it does not answer'
	zone '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2'
	has front.log 'warning: list bl\.example: it answers again$'
	says 127.0.0.9 '554 *'
	# A list that has passed, and does not answer any more, stays what it was.
	zone '* A !silent' '9.0.0.127.bl.example A 127.0.0.2'
	has_lines front.log 'it does not answer' 2
	says 127.0.0.9 '554 *'
	zone '1.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2'
	has front.log 'it lists 127\.0\.0\.1'
	says 127.0.0.9 "$pass"
	zone '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2'
	has front.log 'it is used again'
}

@test "a list that does not list 127.0.0.2 is warned of, once, and used" {
	printf '%s\n' ':127.0.0.2:' 127.0.0.9 >bl
	printf '%s\n' :127.0.0.2: 0:0:0:0:0:ffff:7f00:2/128 >six
	lists bl.example:ip4set:bl six.example:ip6trie:six
	dnsbl='bl.example six.example' front
	has front.log '^etd-server: warning: list bl\.example: it does not list 127\.0\.0\.2, as RFC 5782 requires: is its name right?$'
	says 127.0.0.9 '554 *'
	kill -HUP "$(cat front.pid)"
	has_lines lists.out ' 2\.0\.0\.127\.bl' 2
	says 127.0.0.8 "$pass"
	[ "$(count front.log 'warning')" -eq 1 ]
}

@test "a list's word for an error counts for nothing, and is said once" {
	resolver '2.0.0.127.a.example A 127.0.0.2' '2.0.0.127.b.example A 127.0.0.2' '2.0.0.127.list.dnswl.org A 127.0.0.2' \
		'9.0.0.127.a.example A 127.255.255.254' '9.0.0.127.b.example A 127.255.255.252' \
		'8.0.0.127.a.example A 127.255.255.254' '8.0.0.127.b.example A 127.0.0.255' \
		'9.0.0.127.list.dnswl.org A 127.0.0.255' '1.0.0.127.all.example A 127.255.255.255'
	dnsbl='a.example b.example list.dnswl.org*-9 all.example' front
	has front.log '^etd-server: warning: list all\.example: it answers 127\.255\.255\.255, since it is asked too often: this answer is ignored$'
	says 127.0.0.9 "$pass"
	has front.log '^etd-server: warning: list a\.example: it answers 127\.255\.255\.254, since it is asked through a public resolver: '
	has front.log '^etd-server: warning: list b\.example: it answers 127\.255\.255\.252, since there is a typing error in its name: '
	has front.log '^etd-server: warning: list list\.dnswl\.org: it answers 127\.0\.0\.255, since it is asked too often: '
	# 127.0.0.255 is an error of dnswl.org's alone.
	says 127.0.0.8 '554 5.7.1 Refused: 127.0.0.8 is listed by b.example*'
	[ "$(count front.log 'it answers')" -eq 4 ]
}

@test "an answer outside 127.0.0.0/8 never counts" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 192.0.2.1' '8.0.0.127.bl.example A 192.0.2.1' \
		'8.0.0.127.bl.example A 127.0.0.7' '1.0.0.127.bl.example A 192.0.2.1'
	dnsbl='bl.example bl.example=192.0.2.1' front
	says 127.0.0.9 "$pass"
	says 127.0.0.8 '554 *'
	has front.log 'score=1 '
}

@test "a secret key in a list's name is shown to nobody" {
	key=aBcdefgh12345678
	low=${key,,}
	resolver "2.0.0.127.$low.bl.example A 127.0.0.2" "9.0.0.127.$low.bl.example A 127.0.0.2" \
		"9.0.0.127.$low.bl.example TXT See https://bl.example/" \
		"8.0.0.127.$low.bl.example A 127.0.0.2" "8.0.0.127.$low.bl.example TXT Asked with ${key^^}, see https://bl.example/" \
		"7.0.0.127.$low.bl.example A 127.255.255.254"
	dnsbl="$key.bl.example $key.no.example" front
	has front.log 'warning: list no\.example: it does not list 127\.0\.0\.2'
	says 127.0.0.9 $'554 5.7.1 Refused: 127.0.0.9 is listed by bl.example: See https://bl.example/\r'
	says 127.0.0.8 $'554 5.7.1 Refused: 127.0.0.8 is listed by bl.example\r'
	says 127.0.0.7 "$pass"
	has front.log 'warning: list bl\.example: it answers 127'
	has front.log 'zones=bl\.example '
	for bad in "$key.bl.example=1.2.3" "$key=" "$key*x"; do
		ETD_DNSBL=$bad run -100 etd-server -H 127.0.0.1 0 true
		echo "$output" >>front.log
	done
	run -1 grep -i "$key" front.log
	# What is short, or has no digit, is a name.
	dnsbl='abcdefghijklmnop.example a1.example' front
	has front.log 'list abcdefghijklmnop\.example:'
	has front.log 'list a1\.example:'
}

@test "a reply has at most 512 bytes of printable ASCII" {
	long=$(printf '%0700d' 0 | tr 0 x)
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2' "9.0.0.127.bl.example TXT $long" \
		'8.0.0.127.bl.example A 127.0.0.2' '8.0.0.127.bl.example TXT a\013\010250 b\000\228c' \
		'7.0.0.127.bl.example A 127.0.0.2' '7.0.0.127.bl.example TXT !tc does not fit' \
		'6.0.0.127.bl.example A 127.0.0.2' '6.0.0.127.bl.example TXT !cut this is there'
	front
	listen_from 127.0.0.9 front >reply
	[[ $(cat reply) == "554 5.7.1 Refused: 127.0.0.9 is listed by bl.example: xxx"*$'x\r' ]]
	[ "$(wc -c <reply)" -gt 400 ]
	[ "$(wc -c <reply)" -le 512 ]
	says 127.0.0.8 $'554 5.7.1 Refused: 127.0.0.8 is listed by bl.example: a??250 b??c\r'
	says 127.0.0.7 $'554 5.7.1 Refused: 127.0.0.7 is listed by bl.example\r'
	says 127.0.0.6 $'*: this is there\r'
	[ "$(count resolver.log '^tcp')" -eq 0 ]
}

@test "a bad setting is named, in the environment or in a rule" {
	for bad in 'bl.example=127.0.0' 'bl.example=127.0.0.256' 'bl.example=127.0.0.[2..1]' 'bl.example=127.0.0.[2' \
		'bl.example=127.0.0.[]' 'bl.example=127.0.0.2;3' 'bl.example*' 'bl.example*2x' 'bl.example*10000' 'bl.example*--2' \
		'bl..example' '.bl.example' 'bl.example.' 'bl/example' '*2' '=127.0.0.2' 'bl.example=127.0.0.2.3' \
		'bl.example=127.0.0.2=127.0.0.3' 'bl.example*2*3' "$(printf '%064d' 0 | tr 0 x).example"; do
		ETD_DNSBL="good.example $bad" run -100 etd-server -H 127.0.0.1 0 true
		[ "$output" = "etd-server: fatal: ETD_DNSBL: $bad: not domain[=d.d.d.d][*weight]" ] || { echo "$output"; false; }
	done
	ETD_DNSBL=$(printf 'a%d.example ' {1..33}) run -100 etd-server -H 127.0.0.1 0 true
	[ "$output" = 'etd-server: fatal: ETD_DNSBL: more than 32 lists' ]
	ETD_DNSBL_THRESHOLD=0 run -100 etd-server -H 127.0.0.1 0 true
	[[ $output == *': ETD_DNSBL_THRESHOLD=0: not a whole number from 1 to '* ]]
	for bad in 1 0 -0 - x; do
		ETD_DNSBL_ALLOW=$bad run -100 etd-server -H 127.0.0.1 0 true
		[[ $output == *": ETD_DNSBL_ALLOW=$bad: not a whole number from -1000000 to -1" ]]
	done
	ETD_DNSBL_ACTION=x run -100 etd-server -H 127.0.0.1 0 true
	[ "$output" = 'etd-server: fatal: ETD_DNSBL_ACTION=x: not reject, rblsmtpd or log' ]
	one_list
	printf '%s\n' '127.0.0.9:allow,ETD_DNSBL="x="' ':allow' | tcprules rules.cdb rules.tmp
	front etd-server -H -x rules.cdb
	says 127.0.0.9 '421 4.3.0 *'
	has front.log '^etd-server: warning: 127\.0\.0\.9: ETD_DNSBL: x=: not domain'
	ETD_DNSBL_ACTION=x run -100 etd-server -n -x rules.cdb
	[ "${lines[0]}" = 'etd-server: fatal: ETD_DNSBL_ACTION=x: not reject, rblsmtpd or log' ]
	[ "${lines[1]}" = 'etd-server: fatal: rules.cdb: rule 127.0.0.9: ETD_DNSBL: x=: not domain[=d.d.d.d][*weight]' ]
	says 127.0.0.8 "$pass"
}

@test "a rule may set any of it for one client, and switch it off; empty is unset" {
	one_list 127.0.0.9 127.0.0.8 127.0.0.7 127.0.0.6
	printf '%s\n' '127.0.0.9:allow,ETD_DNSBL=""' '127.0.0.8:allow,ETD_DNSBL_THRESHOLD="2"' \
		'127.0.0.7:allow,ETD_DNSBL_ACTION="log"' '127.0.0.6:allow,ETD_DNSBL="bl.example*-1",ETD_DNSBL_ALLOW="-1",ETD_DELAY="60"' \
		'127.0.0.5:allow,ETD_DNSBL="other.example"' ':allow' | tcprules rules.cdb rules.tmp
	front ETD_DNSBL_THRESHOLD= ETD_DNSBL_ALLOW= ETD_DNSBL_ACTION= etd-server -H -x rules.cdb
	says 127.0.0.9 "$pass"
	says 127.0.0.8 "$pass"
	says 127.0.0.7 '220 listed unset'
	says 127.0.0.6 "$pass"
	[ "$(asked '[0-9.]*' other)" -eq 0 ]
	says 127.0.0.5 "$pass"
	has lists.out ' 2\.0\.0\.127\.other\.example'
	has lists.out ' 5\.0\.0\.127\.other\.example'
	[ "$(asked '5\.0\.0\.127' bl)" -eq 0 ]
}

@test "an IPv6 client is asked about by its nibbles" {
	blocklist bl
	printf '%s\n' ':127.0.0.2:six' 0:0:0:0:0:ffff:7f00:2/128 0:0:0:0:0:0:0:1/128 >six
	lists bl.example:ip4set:bl bl.example:ip6trie:six
	ip=::1 front
	run -0 timeout 60 socat -u "TCP6:[::1]:$(port front)" -
	[ "$output" = $'554 5.7.1 Refused: ::1 is listed by bl.example: six\r' ]
	[ "$(asked '1\.\(0\.\)\{30\}0' bl)" -eq 1 ]
	# One with IPv4 that came in by a socket of IPv6.
	ip=0 front
	says 127.0.0.9 "$pass"
	[ "$(asked '9\.0\.0\.127' bl)" -eq 1 ]
}

@test "the client that a PROXY header names is the one that is asked about" {
	one_list 192.0.2.9
	front ETD_PROXY_FROM=127.0.0.1
	run -0 bash -c "{ printf 'PROXY TCP4 192.0.2.9 192.0.2.1 4711 25\r\n'; sleep 3; } | timeout 60 socat -t 20 - TCP:127.0.0.1:$(port front)"
	[[ $output == '554 5.7.1 Refused: 192.0.2.9 is listed by bl.example'* ]]
	[ "$(asked '1\.0\.0\.127' bl)" -eq 1 ]	# by the test
}

@test "on HUP what has not been answered is asked again, and the lists are tested" {
	resolver '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !silent'
	hold=3 front ETD_DNS_TIMEOUT=60
	start client socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has resolver.log ' 9\.0\.0\.127\.bl'
	zone '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example TXT !silent'
	kill -HUP "$(cat front.pid)"
	has_lines resolver.log ' 2\.0\.0\.127\.bl' 2
	has resolver.log 'TXT 9\.0\.0\.127\.bl'
	zone '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example TXT found again'
	kill -HUP "$(cat front.pid)"
	has client.out 'listed by bl.example: found again'
}

@test "where the name comes late the lists still have time" {
	resolver '9.0.0.127.in-addr.arpa PTR !silent' '2.0.0.127.bl.example A 127.0.0.2' '9.0.0.127.bl.example A !late=0.5 127.0.0.2'
	hold=1 front ETD_DNS_TIMEOUT=1.5 etd-server
	says 127.0.0.9 '554 5.7.1 *'
	has front.log 'listed .* waited=2\.[5-9]'
}

@test "sockets that systemd hands over are served as others" {
	one_list 127.0.0.9
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" -E ETD_DELAY=1 -E ETD_DNSBL=bl.example \
		-E DNSCACHEIP="$resolver" -E "PATH=$PATH" etd-server -H sh -c 'echo "220 $ETD_RESULT"'
	wait_for listens "$(port front)"
	says 127.0.0.9 '554 5.7.1 *'
	says 127.0.0.8 '220 pass'
}

@test "TERM ends it though lists are asked" {
	resolver '* A !silent'
	hold=60 front
	start client socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has resolver.log ' 9\.0\.0\.127\.bl'
	kill -TERM "$(cat front.pid)"
	has client.out '421 4.3.0'
	wait_for eval '! kill -0 "$(cat front.pid)"'
}

@test "postscreen's settings, carried over as the manual shows" {
	blocklist zen '127.0.0.9 :127.0.0.4:' '127.0.0.8 :127.0.0.20:' '127.0.0.7 :127.0.0.4:'
	blocklist wl '127.0.0.7 :127.0.5.2:' '127.0.0.6 :127.0.5.3:'
	blocklist more
	lists zen.spamhaus.org:ip4set:zen list.dnswl.org:ip4set:wl b.barracudacentral.org:ip4set:more bl.spamcop.net:ip4set:more
	manual_example etd-server.8 ETD_DNSBL_THRESHOLD= >printed
	sed 's/ -u 1001 -g 1001 0 25/ -1 -Hl0 127.0.0.1 0/; s/etd-connect backends.cdb/echo 220/; s/^exec 2>&1//
		s/ETD_DELAY=6/ETD_DELAY=2/; s/ -x rules.cdb//' printed >run
	[ "$(diff printed run | grep -c '^>')" -eq 4 ]
	start_server front env DNSCACHEIP="$resolver" sh ./run
	says 127.0.0.9 '554 5.7.1 Refused: 127.0.0.9 is listed by zen.spamhaus.org*'
	says 127.0.0.8 220
	says 127.0.0.7 220
	says 127.0.0.6 220
	has front.log 'pass ip=127\.0\.0\.7 .* waited=2'
	has front.log 'pass ip=127\.0\.0\.6 .* waited=0'
}
