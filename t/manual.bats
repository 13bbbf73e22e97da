load lib

# try_example PAGE PATTERN: the run script of the page that has it, with this machine's address,
# port and account, and no list to ask; sets the server front
try_example() {
	manual_example "$1" "$2" >run.as.printed
	grep -q '^exec' run.as.printed
	sed "s/ -u 1001 -g 1001 0 25/ -1 -Hl0 127.0.0.1 0/; s/ -r zen\.spamhaus\.org//; s/^exec 2>&1//
		s/ETD_DELAY=6 ETD_DELAY_NORDNS=15/ETD_DELAY=20 ETD_DELAY_NORDNS=2/
		s/ETD_DELAY_NORDNS=20/ETD_DELAY_NORDNS=2/; s/env ETD_DELAY=6 /env ETD_DELAY=2 /" run.as.printed >run
	! diff -q run run.as.printed >/dev/null
	echo ':allow' | tcprules rules.cdb rules.tmp
	store store
	mkdir -p bin
	cp store/smtpd bin/qmail-smtpd
	chmod +x run
	PATH=$PWD/bin:$PATH
	start_server front ./run
}

sends_mail() {
	send front >swaks.out
	[ "$(find store/new -type f | wc -l)" -eq 1 ]
}

# detects PAGE PATTERN: that run script lets a patient client's mail through, and refuses an early talker
detects() {
	try_example "$@"
	sends_mail
	run -0 talk front <<<'HELO spam.example'
	[[ $output == 554\ * ]]
}

# rblsmtpd_says REPLY PAGE PATTERN: that run script lets the mail through, and this is the early talker's
# reply to RCPT
rblsmtpd_says() {
	local reply=$1
	shift
	try_example "$@"
	sends_mail
	run -0 talk front <<<$'HELO spam.example\nMAIL FROM:<>\nRCPT TO:<you@front.example>\nQUIT'
	[ "${lines[3]}" = "$reply"$'\r' ]
}

@test "etd-delay.8: before rblsmtpd" { detects etd-delay.8 ETD_DELAY_NORDNS=15; }

@test "etd-delay.8: after rblsmtpd" { ETD_DELAY=2 detects etd-delay.8 'rblsmtpd -r zen.spamhaus.org etd-delay qmail-smtpd'; }

@test "etd-delay.8: rblsmtpd does the talking" {
	ETD_DELAY=2 rblsmtpd_says '553 5.5.1 Refused: you talked before the greeting' etd-delay.8 ETD_ACTION=rblsmtpd
}

@test "etd-delay.8: a teaser" {
	export ETD_DELAY=0.3
	try_example etd-delay.8 ETD_TEASER=
	sends_mail
	grep -q '^<-  220-mx.example.com one moment' swaks.out
}

# as_written SERVER ADDRESS: the example in the file backends, with this server in the address's place
as_written() { sed -i "s/$2:25 */127.0.0.1:$(port "$1") /" backends; }

@test "etd-backends.5: the first example, and what checkd -c says of it" {
	manual_example etd-backends.5 smtp3 >backends
	run -0 checkd -c backends
	[ "$(echo "$output" | grep -c 'must not relay')" -eq 2 ]
	[[ ${lines[0]} == 'checkd: warning: smtp1 sees '* ]]
	[[ ${lines[-1]} == 'checkd: good source=backends backends=4 backup=1 disabled=1' ]]
	mail_server a
	as_written a 10.0.0.1
	sed -i 's/source=client/& timeout=0.5/' backends	# nobody is there
	run checkd -o -q backends backends.cdb
	[ "$(cdb -q backends.cdb 0)" = "smtp1 127.0.0.1 $(port a) weight=2" ]
	[[ $(cdb -q backends.cdb =smtp1) == 'state=up '* ]]
	[[ $(cdb -q backends.cdb =smtp2) == 'state=down addr=10.0.0.2:25 '* ]]
}

@test "etd-backends.5: the second example, on which checkd -c is quiet" {
	manual_example etd-backends.5 front.example.com >backends
	run -0 checkd -c backends
	[ "$output" = 'checkd: good source=backends backends=2 backup=1 disabled=0' ]
	postfix_server pf smtpd_upstream_proxy_protocol=haproxy
	as_written pf 10.0.0.1
	checkd -o -q backends backends.cdb
	[ "$(cdb -q backends.cdb 0)" = "smtp1 127.0.0.1 $(port pf) send-proxy" ]
	[ "$(cdb -q backends.cdb slots)" = 1 ]
}

@test "checkd.8: as a service, under an account of its own, and the edit of its backends" {
	mkdir service service/checkd
	manual_example checkd.8 'setuidgid etd' | sed 's/setuidgid etd/setuidgid nobody/' >service/checkd/run
	chmod +x service/checkd/run
	mail_server a
	echo "a 127.0.0.1:$(port a) inter=0.2 send-proxy" >service/checkd/backends
	echo "b 127.0.0.1:$(port a) inter=0.2" >>service/checkd/backends
	chown nobody service/checkd
	for_all checkd
	scan
	wait_for test -s service/checkd/backends.cdb
	[ "$(stat -c '%U' service/checkd/backends.cdb.nudge)" = nobody ]
	sed -i 's/ send-proxy//' service/checkd/backends
	manual_example checkd.8 'svc -h' | sed "s:/service:$PWD/service:" >edit
	(cd service/checkd && sh ../../edit)
	wait_for eval '[[ $(cdb -q service/checkd/backends.cdb slots) = 2 ]]'
	svc -dx service/checkd
}

@test "checkd.8: to see what a backend says" {
	mail_server a
	manual_example checkd.8 'checkd -ov' | sed "s/10\.0\.0\.1:25/127.0.0.1:$(port a)/" >look
	run -0 sh look
	[[ $output == *'checkd: heard backend=mx text="220 '* && $output == *'checkd: up backend=mx '* ]]
}

# relays PAGE PATTERN: the run script of the page that has it, with this machine's address, port and accounts,
# relays a mail
relays() {
	manual_example "$1" "$2" | sed 's/ -x rules\.cdb//; s/-u 1001 -g 1001 //; s/envuidgid etd/envuidgid nobody/; s/ 0 25 / -1 -Hl0 127.0.0.1 0 /; s/^exec 2>&1//
		s/ETD_DELAY=30/ETD_DELAY=1/; s/ETD_DELAY=6/ETD_DELAY=1/' >run
	chmod +x run
	grep -q 127.0.0.1 run
	mail_server a
	pool "a 127.0.0.1:$(port a) no-check"
	ETD_DELAY=0.3 start_server front ./run
	send front >swaks.out
	[ "$(find a/new -type f | wc -l)" -eq 1 ]
}

@test "etd-connect.8: in front of a pool" { relays etd-connect.8 '-u 1001 -g 1001'; }

@test "etd-connect.8: the account only after the socket" {
	relays etd-connect.8 'envuidgid etd tcpserver'
	has front.log 'etd-connect: end .* backend=a '
}

@test "etd-connect.8: a program that copies both ways" {
	relays etd-connect.8 'tee -a sessions'
	has sessions 'MAIL FROM:<me@client.example>'
}

@test "etd-proxy.8 and etd.7: behind two load balancers, HAProxy and nginx, and nobody else may connect" {
	manual_example etd-proxy.8 etd-proxy >as.printed
	diff as.printed <(manual_example etd.7 'etd-proxy -v')
	free_port front
	sed "s/ -u 1001 -g 1001 0 25/ -1 -l0 127.0.0.1 $(port front)/; s/^exec 2>&1//" as.printed >run
	manual_example etd-proxy.8 :deny | sed 's/192\.0\.2\./127.0.0./' >balancers
	[ "$(cat balancers)" = $'127.0.0.10:allow\n127.0.0.11:allow\n:deny' ]
	tcprules balancers.cdb balancers.tmp <balancers
	mail_server a
	pool "a 127.0.0.1:$(port a) no-check"
	ETD_DELAY=0.2 start_server front sh ./run

	free_port ha
	{
		printf 'defaults\n\ttimeout connect 20s\n\ttimeout client 60s\n\ttimeout server 60s\n'
		manual_example etd-proxy.8 send-proxy-v2 |
			sed "s/:25\$/127.0.0.1:$(port ha)/; s/192\.0\.2\.1:25/127.0.0.1:$(port front) source 127.0.0.10/"
	} >ha.cfg
	start ha haproxy -db -f ha.cfg
	free_port ng
	{
		echo "load_module $top/t/peer/usr/lib/nginx/modules/ngx_stream_module.so;"
		echo 'daemon off; master_process off; pid nginx.pid; events { }'
		manual_example etd-proxy.8 proxy_pass |
			sed "s/listen 25/listen 127.0.0.1:$(port ng)/; s/192\.0\.2\.1:25/127.0.0.1:$(port front)/; s/proxy_pass/proxy_bind 127.0.0.11; &/"
	} >ng.conf
	start ng "$top/t/peer/usr/sbin/nginx" -e stderr -p "$PWD" -c "$PWD/ng.conf"
	for balancer in ha ng; do
		wait_for listens "$(port $balancer)"
		send $balancer --local-interface 127.0.0.9 >swaks.out
	done
	[ "$(find a/new -type f | wc -l)" -eq 2 ]
	has front.log 'etd-proxy: proxy ip=127\.0\.0\.9 .* from=127\.0\.0\.10 version=2 command=proxy$'
	has front.log 'etd-proxy: proxy ip=127\.0\.0\.9 .* from=127\.0\.0\.11 version=1 command=proxy$'
	run --separate-stderr talk front <<<'PROXY UNKNOWN'	# it may be a reset
	[ -z "$output" ]
	has front.log 'tcpserver: deny '
}

@test "etd.7: HAProxy's frontend and its pool" {
	relays etd.7 'ETD_DELAY=30'
	has front.log 'etd-delay: pass .* waited=1\.'
	manual_example etd.7 mydomain.com | sed 's/source=client/& timeout=0.5/' >backends
	run -0 checkd -c backends
	[ "$output" = 'checkd: good source=backends backends=2 backup=0 disabled=0' ]
	checkd -o -q backends backends.cdb 2>/dev/null || :
	[ "$(cdb -q backends.cdb 0)" = 'smtp1 10.0.0.1 25 source=client' ]
}

@test "etd.7: in front of a pool, where no program can gain privilege" {
	relays etd.7 'setpriv --no-new-privs'
	grep -q '^NoNewPrivs:	1$' "/proc/$(cat front.pid)/status"
}

@test "etd.7: postscreen's settings, as etd-server's" {
	resolver '2.0.0.127.zen.example A 127.0.0.2' '2.0.0.127.list.example A 127.0.0.2' '2.0.0.127.allow.example A 127.0.0.2' \
		'7.0.0.127.zen.example A 127.0.0.4' '8.0.0.127.list.example A 127.0.0.4'
	manual_example etd.7 ETD_PER_CLIENT=50 | sed "s/^exec 2>&1//; s/envuidgid etd //; s/ -U//; s/ -x rules\.cdb//; s/ 0 25/ -1 -Hl0 127.0.0.1 0/" >run
	grep -q 'Hl0 127.0.0.1 0 ' run
	mkdir state
	mail_server a
	pool "a 127.0.0.1:$(port a) no-check"
	ETD_DELAY=2 DNSCACHEIP=$resolver start_server front sh ./run
	has_lines resolver.log '^udp A 1\.0\.0\.127\.' 3	# the lists' tests
	[[ $(listen_from 127.0.0.7 front) == '554 5.7.1 Refused: 127.0.0.7 is listed by zen.example'* ]]
	[[ $(listen_from 127.0.0.8 front) == 220* ]]
}

@test "etd.7: before qmail-smtpd" { ETD_DELAY=2 detects etd.7 'etd-delay -v qmail-smtpd'; }

@test "etd.7: before rblsmtpd" { ETD_DELAY=2 detects etd.7 'etd-delay -v rblsmtpd'; }

@test "etd-server.8: in front of a pool" {
	relays etd-server.8 'etd-server -v -c 200'
	has front.log '^etd-server: ok '
}

@test "etd-server.8: the directory of a service with a secret key is closed to others, and the account still reads the rules" {
	let_others_in
	mkdir own
	echo 'export ETD_DNSBL=abcdefgh12345678.zen.example' >own/run
	echo '127.:allow,ETD_REPLY="451 4.7.1 By a rule"' | tcprules own/rules.cdb own/rules.tmp
	(cd own && sh -euc "$(manual_example etd-server.8 'chmod 750 .' | sed 's/etd/nogroup/')")
	for name in run rules.cdb; do run ! setpriv --reuid games --regid games --clear-groups cat own/$name; done
	ETD_DELAY=2 start_server front sh -c 'cd own && exec envuidgid nobody etd-server -U -1 -Hl0 -x rules.cdb 127.0.0.1 0 true'
	[ "$(talk front <<<'EHLO early')" = $'451 4.7.1 By a rule\r' ]
}

@test "etd-server.8: before rblsmtpd" { detects etd-server.8 'rblsmtpd -r zen.spamhaus.org qmail-smtpd'; }

@test "etd.7: smtp-delay before rblsmtpd" {
	rblsmtpd_says '451 4.7.1 You talked before the greeting' etd.7 ETD_DELAY_DYNAMIC=10
}

@test "etd.7: in front of a pool, what etd-conf prints is the next command" {
	manual_example etd.7 'etd-conf etd etdlog' | sed "s/^# //; s/conf etd etdlog/conf nobody daemon/; s,/etc/etd,$PWD/etd,g" >commands
	[ "$(grep -c '^useradd -r -s /bin/false ' commands)" -eq 2 ]
	[ "$(grep '^etd-conf' commands | sh 2>/dev/null | sed 's,/etc/service$,/service,')" = "$(tail -n 1 commands)" ]
}

@test "etd.7: several front machines, and the same backend through each of them" {
	for name in a b c d; do mail_server $name; done
	for front in one two; do
		mkdir -p $front
		for name in a b c d; do echo "$name 127.0.0.1:$(port $name) no-check"; done >$front/backends
		checkd -o -q $front/backends $front/backends.cdb
		serve $front env ETD_SYNC=off ETD_BALANCE=source etd-connect -v $front/backends.cdb
	done
	for ip in 127.0.0.{1..12}; do
		for front in one two; do
			printf 'QUIT\r\n' | socat -t 10 - "TCP:127.0.0.1:$(port $front),bind=$ip" >/dev/null
		done
	done
	for front in one two; do
		has_lines $front.log 'etd-connect: end' 12
		sed -n 's/.*: end ip=\([^ ]*\) .* backend=\([^ ]*\) .*/\1 \2/p' $front.log | sort >$front.chosen
	done
	diff one.chosen two.chosen
	[ "$(cut -d' ' -f2 one.chosen | sort -u | wc -l)" -gt 1 ]
}

@test "etd.7: an open relay, and how send-proxy ends it" {
	manual_example etd.7 elsewhere.example >try
	# relays_for_all POSTFIX OPTIONS: whether a client from outside can send anywhere by the front
	relays_for_all() {
		pool "mx 127.0.0.1:$(port "$1") no-check $2"
		serve "front-$1" env TCPREMOTEIP=192.0.2.7 TCPLOCALIP=192.0.2.1 etd-connect backends.cdb
		sed "s/mx.example.com/127.0.0.1:$(port "front-$1")/" try | sh >swaks.out
	}
	postfix_server trusting smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination mynetworks=127.0.0.0/8
	relays_for_all trusting
	run -0 checkd -c backends
	[[ $output == *'mx sees this host'* ]]
	postfix_server told smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination mynetworks=127.0.0.0/8 \
		smtpd_upstream_proxy_protocol=haproxy
	run ! relays_for_all told send-proxy
	grep -q '^<\*\* 554 5.7.1 .*Relay access denied' swaks.out
	run -0 checkd -c backends
	[[ $output != *'mx sees this host'* ]]
}

@test "etd.7: a partner is exempt by a rule, and a backend is taken out by its weight" {
	rule=$(sed -n 's/^\.Li \(192.*\) ,$/\1/p' "$top/man/etd.7" | sed 's/\\(dq/"/g; s/192\.0\.2\.7/127.0.0.1/')
	[ "$rule" = '127.0.0.1:allow,ETD_DELAY="0"' ]
	echo "$rule" | tcprules rules.cdb rules.tmp
	start_server front tcpserver -1 -v -RHl0 -x rules.cdb 127.0.0.1 0 etd-delay -v echo 220 mx
	[ "$(talk front <<<'HELO early')" = '220 mx' ]
	mail_server a
	pool "a 127.0.0.1:$(port a) no-check" "b 127.0.0.1:$(port a) no-check weight=0"
	[ "$(key slots) $(key 0)" = "1 a 127.0.0.1 $(port a)" ]
}

@test "etd.7: the first days, in which early talkers are logged and let in, and then refused" {
	mail_server smtp1
	for program in etd-delay etd-server etd-connect checkd; do for_all $program; done
	etd-conf nobody daemon "$PWD/etd" 127.0.0.1 "smtp1=127.0.0.1:$(port smtp1)" >command
	free_port front
	sed -i "1s/.*/$(port front)/" etd/front/env/PORT
	sed -i '1s/.*/2/' etd/front/env/ETD_DELAY
	mkdir service
	start svscan svscan service
	sed "s,[^ ]*/service\$,$PWD/service," command | sh
	wait_for etd-status -n etd/state/backends.cdb
	wait_for listens "$(port front)"
	# says PATTERN COMMANDS: the answer to an early talker after these commands of the page
	says() { [[ $(talk front <<<'HELO early.example') == $1 ]]; }
	does() { manual_example etd.7 "$1" | sed "s,/service,$PWD/service," >commands; (cd etd && sh -eu ../commands); }
	does "1s/.*/log/"
	wait_for says '220 *'
	send front >swaks.out
	does 'etd-report front/log/main' >report
	grep -q '^[1-9][0-9]* of .* clients that were held talked before the greeting' report
	does "1s/.*/reject/"
	wait_for says '554 *'
	svc -dx service/* etd/*/log
}

# name_server LINE ...: a network of its own, with a DNS server on port 53 that knows these lines; there COMMAND ...:
# runs a command in it
name_server() {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	unshare -n true 2>/dev/null || skip 'no right to make a network'
	zone "$@"
	start names unshare -n sh -c "ip link set lo up && exec perl $top/t/dns zone 53"
	wait_for test -s names.out
}
there() { DNSCACHEIP=127.0.0.1 nsenter -n -t "$(cat names.pid)" "$@"; }
talks_there() { there timeout 60 socat -t 20 - "TCP:127.0.0.1:25,bind=$1"; }

@test "etd.7: rblsmtpd before etd-connect: own clients are not looked up, and a list that refuses to answer lists everybody" {
	refusal='TXT Error: open resolver; https://list.example/'
	name_server "2.0.0.127.zen.spamhaus.org $refusal" "3.0.0.127.zen.spamhaus.org $refusal"
	start smtp1 nsenter -n -t "$(cat names.pid)" tcpserver -RHl0 127.0.0.1 2500 sh -c 'echo 220 mx; read -r _; echo 221'
	echo 'smtp1 127.0.0.1:2500 no-check' >backends
	checkd -o -q backends backends.cdb
	manual_example etd.7 'rblsmtpd -r zen.spamhaus.org \\e' | sed '/^exec 2/d; s/ -u 1001 -g 1001//' >run
	manual_example etd.7 'RBLSMTPD=""' | sed 's/^192\.0\.2\./127.0.0.2/' | tcprules rules.cdb rules.tmp
	grep -q 'etd-connect -v backends.cdb' run
	export ETD_DELAY=0.2
	start front nsenter -n -t "$(cat names.pid)" env DNSCACHEIP=127.0.0.1 sh ./run
	wait_for there socat -u /dev/null TCP:127.0.0.1:25
	session() { (sleep 2; printf 'MAIL FROM:<>\r\nRCPT TO:<you@front.example>\r\nQUIT\r\n') | talks_there "$1"; }
	[[ $(session 127.0.0.2) == '220 mx'* ]]
	[[ $(session 127.0.0.4) == '220 mx'* ]]
	[[ $(session 127.0.0.3) == *'451 Error: open resolver'* ]]
	run ! grep -q '2\.0\.0\.127\.zen' names.log
	# The look at the list
	manual_example etd.7 'echo good' >look
	run -0 there sh look
	[ "$output" = good ]
	zone "1.0.0.127.zen.spamhaus.org $refusal"
	run there sh look
	[[ $output != *good* ]]
}

@test "etd.7: tcpserver asks for a name before the hold, and waited has none of that" {
	name_server '127.0.0.2 PTR !late=2 slow.example' '127.0.0.3 PTR !late=2 slow.example'
	start front nsenter -n -t "$(cat names.pid)" env DNSCACHEIP=127.0.0.1 ETD_DELAY=1 tcpserver -v -R -l 0 127.0.0.1 25 etd-delay -v echo 220
	wait_for there socat -u /dev/null TCP:127.0.0.1:25
	began=$EPOCHREALTIME
	[[ $(there socat -u TCP:127.0.0.1:25,bind=127.0.0.2 -) == 220 ]]
	[ "$(ms_since $began)" -ge 3000 ]
	[[ $(talks_there 127.0.0.3 <<<QUIT) == 554* ]]
	has front.log 'etd-delay: pass ip=127\.0\.0\.2 .* host=slow\.example .* waited=1\.'
	has front.log 'etd-delay: early ip=127\.0\.0\.3 .* host=slow\.example .* waited=0\.'
}

@test "etd.7: Postfix counts the front and its probes as one client, unless it gets a header, or the front is exempt" {
	limit='smtpd_client_connection_count_limit=1 mynetworks=192.0.2.0/24'
	# second_hears PATTERN SERVER: what a client hears there while another one, with another address, has a session
	second_hears() {
		mkfifo "say.$2"
		start "first.$2" sh -c "exec socat - TCP:127.0.0.1:$(port "$2"),bind=127.0.0.2 <>say.$2"
		has "first.$2.out" '^220'
		[[ $(listen_from 127.0.0.3 "$2" | head -n 1) == $1 ]]
	}
	# fronted NAME PORT [ OPTION ]: the server NAME, for a backend on that port
	fronted() {
		mkdir "$1.d"
		echo "mx 127.0.0.1:$2 no-check ${3-}" >"$1.d/backends"
		checkd -o -q "$1.d/backends" "$1.d/backends.cdb"
		serve "$1" env ETD_IDLE_TIMEOUT=2 etd-connect -v "$1.d/backends.cdb"
	}
	postfix_server pf $limit
	fronted plain "$(port pf)"
	second_hears '421 *too many connections*' plain
	has plain.log 'etd-connect: end ip=127\.0\.0\.3 .* state=SQ'
	echo "mx 127.0.0.1:$(port pf)" >backends
	run checkd -o backends backends.cdb
	[[ $output == *'checkd: down backend=mx '*421* ]]

	# A port of its own that takes the header
	free_port pf2525
	manual_example etd.7 'upstream_proxy_protocol=haproxy' | sed "s/^2525/127.0.0.1:$(port pf2525)/" >>pf/master.cf
	postfix -c "$PWD/pf" reload
	wait_for listens "$(port pf2525)"
	fronted told "$(port pf2525)" "$(manual_example etd.7 10.0.0.1:2525 | sed 's/.*2525 *//')"
	second_hears '220 *' told

	postfix_server mild $limit "$(manual_example etd.7 smtpd_client_event_limit_exceptions)"
	fronted exempt "$(port mild)"
	second_hears '220 *' exempt
}
