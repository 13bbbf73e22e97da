load lib

unset ETD_ROOT	# nothing that etd-conf makes relays as root

# setting NAME VALUE: an edit of the front's
setting() { sed -i "1s/.*/$2/" "etd/front/env/$1"; }

# conf [ -s ] ARGUMENT ...: etd-conf for nobody and daemon, into the directory etd, whose front then
# listens on front.port of 127.0.0.1
conf() {
	local server=()
	if [ "${1-}" = -s ]; then server=(-s); shift; fi
	local program
	for program in etd-delay etd-server etd-connect checkd; do for_all $program; done
	etd-conf "${server[@]}" nobody daemon "$PWD/etd" 127.0.0.1 "$@" >command 2>said
	grep -v 'neither /service' said >warnings || :
	free_port front
	setting PORT "$(port front)"
}

# start_services: as the printed command does, but below this directory
start_services() {
	mkdir service
	scan
	sed "s,[^ ]*/service\$,$PWD/service," command | sh
	wait_for svok service/front
	wait_for svok service/checkd
}
pid_of() { svstat "service/$1" | sed 's/.*(pid \(.*\)) .*/\1/'; }
# runs_as SERVICE: the account of its process
runs_as() { ps -o user= -p "$(pid_of "$1")"; }
process() { ps -o comm= -p "$(pid_of "$1")"; }
is_up() { svstat "service/$1" | grep -q ': up'; }
one_more() { [ "$(etd-status -j etd/state/backends.cdb | jq .up)" -eq "$1" ]; }

says() { talk front <<<'EHLO spam.example' | grep -qx "$1"$'\r'; }

@test "one ln -s starts both services; settings, rules and backends change; and all goes away again" {
	mail_server smtp1
	mail_server smtp2
	mail_server smtp3
	conf "smtp1=127.0.0.1:$(port smtp1)" "smtp2=127.0.0.1:$(port smtp2)"
	setting ETD_DELAY 2
	[ "$(wc -l <command)" -eq 1 ]
	start_services
	wait_for one_more 2
	wait_for listens "$(port front)"

	send front >swaks.out
	[ "$(find smtp?/new -type f | wc -l)" -eq 1 ]
	says '554 5.5.1 Refused: you talked before the greeting'
	run -0 etd-status etd/state/backends.cdb
	[[ ${lines[0]} == *'; 2 of 2 up' ]]

	# A setting
	setting ETD_REPLY '450 4.7.1 Come again'
	svc -t service/front
	wait_for says '450 4.7.1 Come again'

	# The rules: no restart; an older file is as good
	cp -p etd/rules etd/rules.new
	echo '127.:allow,ETD_REPLY="451 4.7.1 By a rule"' >etd/rules
	make -C etd
	says '451 4.7.1 By a rule'
	sed 's/^#\(192.0.2.7:.*ETD_DELAY\)/\1/; s/^192\.0\.2\.7/127.0.0.1/' etd/rules.new >etd/rules
	make -C etd
	[[ $(talk front <<<QUIT) == 220* ]]

	# The backends, bad and good: no restart
	echo "smtp3 127.0.0.1:$(port smtp3) wieght=2" >>etd/backends
	run ! make -C etd
	[[ $output == *'unknown option wieght'* ]]
	sed -i 's/wieght/weight/' etd/backends
	make -C etd
	wait_for one_more 3

	# Nor does a strict umask lock the server out, nor is it root that talks to clients
	(umask 077 && make -C etd)
	[[ $(talk front <<<QUIT) == 220* ]]
	[ "$(stat -c %a etd/rules.cdb)" = 640 ]
	[ "$(runs_as front)" = nobody ]

	# The logs
	has etd/front/log/main/current ': early ip=127.0.0.1 '
	has etd/front/log/main/current ': end ip=127.0.0.1 '
	etd-report etd/front/log/main etd/checkd/log/main >report
	grep -q '^smtp3  *up  *0 ' report
	[ "$(runs_as checkd)" = nobody ]
	for service in front checkd; do grep -q '^NoNewPrivs:	1$' "/proc/$(pid_of $service)/status"; done
	[ "$(stat -c %U etd/checkd/log/main/current)" = daemon ]

	# The end, as the manual has it
	manual_example etd-conf.8 'svc -dx' | sed "s,/service\$,$PWD/service,; s,/service ,$PWD/service ,; s,/etc/etd,$PWD/etd,g" >end
	sh -eu end
	wait_for eval '! svok etd/front && ! svok etd/checkd && ! svok etd/front/log && ! svok etd/checkd/log'
	run ! listens "$(port front)"
	stop svscan
	rm -r etd
}

@test "with -s etd-server holds the clients; settings, rules and backends change, and sessions go on" {
	mail_server smtp1
	mail_server smtp2
	conf -s "smtp1=127.0.0.1:$(port smtp1)"
	setting ETD_DELAY 0.5
	start_services
	wait_for one_more 1
	wait_for listens "$(port front)"
	[ "$(runs_as front)" = nobody ]
	[ "$(process front)" = etd-server ]

	# One is held, one is refused, one is relayed
	send front >swaks.out
	[ "$(find smtp1/new -type f | wc -l)" -eq 1 ]
	says '554 5.5.1 Refused: you talked before the greeting'
	has etd/front/log/main/current ' etd-server: pass ip=127\.0\.0\.1 '
	has etd/front/log/main/current ' etd-server: early ip=127\.0\.0\.1 '
	has etd/front/log/main/current ' etd-server: status: 1/400$'
	has etd/front/log/main/current ' etd-connect: end ip=127\.0\.0\.1 '

	# Rules and backends: no restart
	pid=$(pid_of front)
	cp etd/rules etd/rules.new
	echo '127.:allow,ETD_REPLY="451 4.7.1 By a rule"' >etd/rules
	make -C etd
	says '451 4.7.1 By a rule'
	sed 's/^#\(192.0.2.7:.*ETD_DELAY\)/\1/; s/^192\.0\.2\.7/127.0.0.1/' etd/rules.new >etd/rules
	make -C etd
	[[ $(talk front <<<QUIT) == 220* ]]
	echo "smtp2 127.0.0.1:$(port smtp2)" >>etd/backends
	make -C etd
	wait_for one_more 2
	[ "$(pid_of front)" = "$pid" ]

	# A setting: who is held comes again, and who is served does not notice
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -t 10 line <&5
	[[ $line == 220* ]]
	echo '127.0.0.2:allow,ETD_DELAY="60"' >etd/rules
	make -C etd
	start held socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	wait_for has_accepted front "$(pid_of front)" 127.0.0.2
	setting ETD_REPLY '450 4.7.1 Come again'
	svc -t service/front
	has held.out '^421 4\.3\.0 '
	wait_for says '450 4.7.1 Come again'
	[ "$(pid_of front)" != "$pid" ]
	printf 'HELO me.example\r\n' >&5
	read -r -t 10 line <&5
	[[ $line == 250* ]]
	exec 5>&-
}

@test "with -s and without -U etd-server stays root, and etd-connect changes to the account" {
	mail_server smtp1
	conf -s "smtp1=127.0.0.1:$(port smtp1)"
	setting ETD_DELAY 0.1
	sed -i 's/ -U / /' etd/front/run
	start_services
	wait_for one_more 1
	wait_for listens "$(port front)"
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -t 10 line <&5
	[[ $line == 220* ]]
	[ "$(runs_as front)" = root ]
	[ "$(ps -o user= --ppid "$(pid_of front)")" = nobody ]
	exec 5>&-
}

@test "with -s no tcpserver is wanted in PATH, and no etd-delay" {
	let_others_in
	mkdir few
	for program in tcprules supervise multilog envdir envuidgid setuidgid etd-server etd-connect checkd \
		printenv id uname mkdir cat chgrp chmod chown grep rm sh; do
		ln -s "$(command -v $program)" few
	done
	PATH=$PWD/few run -0 "$top/etd-conf/etd-conf" -s nobody daemon "$PWD/etd" 0
	PATH=$PWD/few run -111 "$top/etd-conf/etd-conf" nobody daemon "$PWD/other" 0
	[ "$output" = 'etd-conf: fatal: tcpserver is not in PATH' ]
	rm few/etd-server
	PATH=$PWD/few run -111 "$top/etd-conf/etd-conf" -s nobody daemon "$PWD/other" 0
	[ "$output" = 'etd-conf: fatal: etd-server is not in PATH' ]
}

@test "with -s no more clients are held than the hard limit of descriptors allows" {
	let_others_in
	hard=$(ulimit -H -n)
	etd-conf -s nobody daemon "$PWD/many" 0
	[ "$(head -n 1 many/front/env/ETD_HELD)" -eq 10000 ] || [ "$hard" -lt 10032 ]
	(ulimit -n 4096 && etd-conf -s nobody daemon "$PWD/few" 0)
	[ "$(head -n 1 few/front/env/ETD_HELD)" -eq 4064 ]
}

@test "make reports all that is bad, as the account sees it, before anything changes" {
	for server in '' -s; do
		conf $server smtp1=127.0.0.1:1 smtp2=127.0.0.1:2
		cp etd/rules.cdb before
		run -0 make -C etd --no-print-directory
		[ "$(echo "$output" | grep -v 'must not relay')" = 'checkd: good source=backends backends=2 backup=0 disabled=0
etd-server: good
etd-connect: good
checkd is down: it will read backends when it starts' ]
		cmp etd/rules.cdb before

		setting ETD_DELAY 2s
		setting CONCURRENCY many
		setting ETD_TRIES none
		echo '127.:allow,ETD_ACTION="no"' >>etd/rules
		chmod 600 etd/backends
		echo noise >etd/state/backends.cdb
		run -2 make -C etd --no-print-directory
		diff <(echo "$output" | grep -v '^make') - <<-'END'
			checkd: fatal: unable to open backends: Permission denied
			etd-server: fatal: -c many: not a whole number from 1 to 1048576
			etd-server: fatal: ETD_DELAY=2s: not a number of seconds from 0 to 300
			etd-server: fatal: ../rules.cdb.new: rule 127.: ETD_ACTION=no: not reject, rblsmtpd or log
			etd-connect: fatal: ETD_TRIES=none: not a whole number from 1 to 100
			etd-connect: fatal: ../state/backends.cdb: damaged: no good record version
		END
		cmp etd/rules.cdb before
		[ ! -e etd/rules.cdb.new ]
		[ "$(ls etd/state)" = backends.cdb ]
		rm -r etd
	done
}

@test "a list's secret key is the account's and root's: no file, no ps, and no line of make or the log shows it to others" {
	umask 022
	echo abcdefgh12345678 >key
	# sees ACCOUNT COMMAND ...: does one in that account's own group alone see the key?
	sees() { setpriv --reuid "$1" --regid "$(id -g "$1")" --clear-groups "${@:2}" 2>/dev/null | grep -a -q -F -f key; }
	for server in '' -s; do
		# shellcheck disable=SC2086
		conf $server smtp1=127.0.0.1:1
		echo "$(<key).zen.example" >etd/front/env/ETD_DNSBL
		echo ":allow,ETD_DELAY=\"20\",ETD_DNSBL=\"$(<key).bl.example\"" >>etd/rules
		make -C etd >said
		dns=$(resolver '2.0.0.127.zen.example A 127.0.0.2' && echo "$resolver")
		echo "$dns" >etd/front/env/DNSCACHEIP
		start_services
		wait_for listens "$(port front)"
		start held socat -u "TCP:127.0.0.1:$(port front)" -
		wait_for grep -q '127\.0\.0\.1' etd/front/log/main/current
		run -0 grep -rlF -f key etd --exclude-dir=log
		[ "$(sort <<<"$output")" = $'etd/front/env/ETD_DNSBL\netd/rules\netd/rules.cdb' ]
		run ! sees games find etd -type f -exec cat {} +
		run ! sees games ps axeww
		run ! sees games sh -c 'cat /proc/[0-9]*/environ'
		run ! grep -rF -f key said etd/front/log
		# Who is in the group can look, and check
		sees nobody cat etd/front/env/ETD_DNSBL
		sees nobody cat etd/rules.cdb
		cd etd/front
		run -0 setpriv --reuid daemon --regid nogroup --clear-groups envdir env etd-server -n -x ../rules.cdb
		[ "$output" = 'etd-server: good' ]
		run -111 setpriv --reuid daemon --regid daemon --clear-groups envdir env etd-server -n -x ../rules.cdb
		cd ../..
		svc -dx service/* etd/*/log
		stop held
		stop svscan
		stop resolver
		rm -r etd service
	done
}

@test "make finds source=client without the privilege, and is content when -U is out of front/run" {
	conf smtp1=127.0.0.1:1
	sed -i 's/^smtp1.*/& source=client/' etd/backends
	run -2 make -C etd
	[[ $output == *"etd-connect: fatal: smtp1: source=client: unable to use the client's address: Operation not permitted"* ]]
	sed -i '/^exec/s/ -U / /' etd/front/run
	run -0 make -C etd
	[[ $output == *'etd-connect: good'* ]]
}

@test "make says that checkd is down; make drain and make undrain take a backend out and back" {
	mail_server smtp1
	mail_server smtp2
	conf "smtp1=127.0.0.1:$(port smtp1)" "smtp2=127.0.0.1:$(port smtp2)"
	start_services
	wait_for one_more 2
	run -0 make -C etd
	[[ $output != *'is down'* ]]
	run -0 make -C etd --no-print-directory drain BACKEND=smtp1
	[ "$output" = 'smtp1: the last session has ended' ]
	[ "$(etd-status -j etd/state/backends.cdb | jq -c '[.backends[].share + 0]')" = '[0,1]' ]
	run -2 make -C etd drain BACKEND=smtp1
	[[ $output == *'etd-drain: fatal: smtp1 is drained already: its weight is 0'* ]]
	run -2 make -C etd drain
	[[ $output == *'etd-drain: fatal: no backend is named'* ]]
	run -0 make -C etd --no-print-directory undrain BACKEND=smtp1
	[ "$output" = 'smtp1: it gets new clients again' ]
	svc -d service/checkd
	wait_for eval 'svstat service/checkd | grep -q ": down"'
	run -0 make -C etd
	[[ $output == *'checkd is down: it will read backends when it starts'* ]]
}

@test "a front that serves nobody is found by etd-status -n -f, as etd(7) says" {
	serve smtp1 sh -c 'echo 220 smtp1.example; read -r _; echo 221'
	# looks WORDS: what etd-status says of the front, now or soon
	looks() { wait_for seen "$1"; }
	seen() { etd-status -n -f "127.0.0.1:$(port front)" -w 1 >line || :; grep -qF -- "front 127.0.0.1:$(port front): $1" line; }
	logs() { has etd/front/log/main/current "$1"; }
	for server in '' -s; do
		conf $server "smtp1=127.0.0.1:$(port smtp1)"
		setting ETD_DELAY 0.1
		start_services
		wait_for one_more 1
		looks '220 smtp1.example'
		grep -q '^ETD OK' line
		mv etd/rules.cdb gone
		if [ -z "$server" ]; then
			looks 'closed without a greeting'
		else
			svc -t service/front
			looks 'unable to connect'
			logs 'etd-server: fatal: unable to read \.\./rules\.cdb'
		fi
		make -C etd
		looks '220 smtp1.example'

		# breaks NAME VALUE: the next start has that setting; again: and the one after has the old one
		breaks() { old=$(head -n 1 "etd/front/env/$1"); setting "$1" "$2"; run -2 make -C etd; svc -t service/front; }
		mends() { setting "$1" "$old"; svc -t service/front; looks '220 smtp1.example'; }
		breaks CONCURRENCY many
		if [ -z "$server" ]; then
			looks 'no greeting in time'
			logs 'tcpserver: status: 0/0'
		else
			looks 'unable to connect'
		fi
		mends CONCURRENCY
		breaks ETD_DELAY 2s
		if [ -z "$server" ]; then looks '421 4.3.0 '; else looks 'unable to connect'; fi
		logs 'fatal: ETD_DELAY=2s: '
		mends ETD_DELAY
		breaks ETD_TRIES none
		looks '421 4.3.0 '
		mends ETD_TRIES

		# The port is another's
		svc -d service/front
		looks 'unable to connect'
		start other socat "TCP-LISTEN:$(port front),bind=127.0.0.1,reuseaddr,fork" SYSTEM:'echo 220 other'
		looks '220 other'
		svc -u service/front
		logs 'fatal: unable to .*ddress already '
		stop other
		looks '220 smtp1.example'

		sed -i 's/^smtp1.*/& source=client/' etd/backends
		svc -h service/checkd
		looks '421 4.3.0 '
		logs "etd-connect: fatal: smtp1: source=client: unable to use the client's address"
		svc -dx service/front service/checkd
		svc -dx service/front/log service/checkd/log
		stop svscan
		rm -r etd service
	done
}

@test "the end of one session is not the end of another: svc -t leaves those under way alone" {
	mail_server smtp1
	conf "smtp1=127.0.0.1:$(port smtp1)"
	setting ETD_DELAY 0
	start_services
	wait_for one_more 1
	wait_for listens "$(port front)"
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -t 10 line <&5
	[[ $line == 220* ]]
	svc -t service/front
	wait_for is_up front
	printf 'HELO me.example\r\n' >&5
	read -r -t 10 line <&5
	[[ $line == 250* ]]
	exec 5>&-
}

@test "where setpriv is not there, the services do without it" {
	mkdir bin
	printf '#!/bin/sh\nexit 127\n' >bin/setpriv
	chmod +x bin/setpriv
	PATH=$PWD/bin:$PATH
	for server in '' -s; do
		conf $server smtp1=127.0.0.1:1
		run -0 grep -h '^exec env' etd/front/run etd/checkd/run
		[ "$output" = $'exec envuidgid nobody envdir ./env sh -c \'\nexec envdir ./env sh -c \'' ]
		run ! grep -r setpriv etd
		rm -r etd bin/etd-* bin/checkd
	done
}

@test "etd-conf prints where svscan looks, and warns of backends that must not relay" {
	conf 'smtp1=127.0.0.1:1' 'smtp2=[::1]:2525'
	[[ $(cat command) =~ ^"ln -s $PWD/etd/checkd $PWD/etd/front "(/etc)?/service$ ]]
	diff warnings - <<-'EOF'
		checkd: warning: smtp1 sees this host's address for every client: it must not relay for this host
		checkd: warning: smtp2 sees this host's address for every client: it must not relay for this host
	EOF
	# It is said at each make, until it is dealt with
	run -0 make -C etd
	[[ $output == *'checkd is down: it will read backends when it starts'* ]]
	[ "$(echo "$output" | grep -c 'must not relay')" -eq 2 ]
	sed -i 's/^smtp1 .*/& send-proxy/; s/^smtp2 .*/& source=client/' etd/backends
	sed -i '/^exec/s/ -U / /' etd/front/run
	run -0 make -C etd
	[[ $output != *'must not relay'* ]]
}

@test "without backends on the command line, they are to be named first" {
	conf
	[ "$(cat warnings)" = "etd-conf: warning: no backend is named: add the mail servers to $PWD/etd/backends, then run make there" ]
	[ "$(wc -l <command)" -eq 1 ]
	grep -q '^#smtp1 ' etd/backends
}

@test "with -s each setting of etd-server's is a file with a comment, too" {
	conf -s smtp1=127.0.0.1:1
	for file in etd/front/env/*; do
		[ "$(wc -l <"$file")" -ge 3 ]
		[ -z "$(sed -n 2p "$file")" ]
	done
	# All that the hold and the relay know is the same, and each is a variable of some manual page.
	etd-conf nobody daemon "$PWD/each" 0
	[ -z "$(comm -13 <(ls etd/front/env) <(ls each/front/env))" ]
	[ "$(comm -23 <(ls etd/front/env) <(ls each/front/env))" = $'DNSCACHEIP\nETD_DNS_TIMEOUT\nETD_HELD' ]
	for name in DNSCACHEIP ETD_DNS_TIMEOUT ETD_HELD; do grep -q "^\.It Ev $name$" "$top/man/etd-server.8"; done
	# Each value is one that etd-server can take.
	cd etd/front
	run -0 timeout --preserve-status 1 envdir env etd-server -H -x ../rules.cdb 127.0.0.1 0 true
	[ -z "$output" ]
}

@test "each setting is a file with a comment, and what it says by itself is the default" {
	conf smtp1=127.0.0.1:1
	for file in etd/front/env/* etd/checkd/env/*; do
		[ "$(wc -l <"$file")" -ge 3 ]
		[ -z "$(sed -n 2p "$file")" ]
	done
	# Each variable of the two programs that tunes them
	sed -n '/^\.Sh ENV/,/^\.Sh EXIT/p' "$top/man/etd-delay.8" "$top/man/etd-connect.8" |
		sed -n '/^\.It Ev/p' | grep -o 'ETD_[A-Z_]*' | grep -v -x -e ETD_DYNAMIC -e ETD_RESULT -e ETD_WAITED -e ETD_CLASS -e ETD_ROOT | sort -u >manual
	(cd etd/front/env && printf '%s\n' ETD_*) | sort | diff manual -
	(cd etd/front/env && head -qn 1 CONCURRENCY ETD_DELAY ETD_TRIES ETD_CONNECT_TIMEOUT ETD_GREETING_TIMEOUT ETD_IDLE_TIMEOUT) |
		diff - <(printf '%s\n' 400 6 3 5 30 1800)	# the programs' own
	grep -aqF "$(head -n 1 etd/front/env/ETD_REPLY)" "$top/etd-delay/etd-delay"
	grep -q ETD_DYNAMIC etd/front/env/ETD_DELAY_DYNAMIC
}

@test "what cannot be is one line, and leaves nothing behind" {
	let_others_in
	# refused CODE LINE ARGUMENT ...
	refused() {
		local code=$1 line=$2
		shift 2
		run "-$code" etd-conf "$@"
		[ "$output" = "etd-conf: $line" ]
		[ ! -e "$PWD/etd" ]
	}
	usage='usage: etd-conf [ -s ] account logaccount dir ip [ name=address:port ... ]'
	refused 100 "$usage"
	refused 100 "$usage" nobody daemon "$PWD/etd"
	refused 100 "$usage" -x nobody daemon "$PWD/etd" 0
	refused 100 "$usage" -s -x nobody daemon "$PWD/etd" 0
	refused 100 "$usage" -s nobody daemon "$PWD/etd"
	refused 111 'fatal: no account no-such: make it with useradd -r -s /bin/false no-such' no-such daemon "$PWD/etd" 0
	refused 111 'fatal: no account no-such: make it with useradd -r -s /bin/false no-such' nobody no-such "$PWD/etd" 0
	refused 100 'fatal: root: this account is root: give one without privilege' root daemon "$PWD/etd" 0
	refused 100 'fatal: etd: the directory must start with a slash' nobody daemon etd 0
	refused 100 "fatal: $PWD/e td: letters, digits, dots, hyphens and underscores only" nobody daemon "$PWD/e td" 0
	refused 111 'fatal: unable to make /proc/etd: No such file or directory' nobody daemon /proc/etd 0
	refused 100 'fatal: a b: letters, digits, dots, hyphens and underscores only' 'a b' daemon "$PWD/etd" 0
	for ip in $'::1]:25\nx [::2' 10.0.0 10.0.0.256 mx.example.com 1:2:3 '' ' 0'; do
		refused 100 "fatal: $ip: not an address, nor 0 for every address of this host" nobody daemon "$PWD/etd" "$ip"
	done
	for ip in :: 2001:db8::; do
		refused 100 "fatal: $ip: tcpserver cannot read this form: write ${ip}0" nobody daemon "$PWD/etd" "$ip"
	done
	for backend in smtp1 smtp1= =10.0.0.1:25 smtp1=10.0.0.1 smtp1=10.0.0.1:0 smtp1=10.0.0.1:65536 \
		's p=10.0.0.1:25' 'smtp1=10.0.0.1:25 weight=2' default=10.0.0.1:25 '#a=10.0.0.1:25' $'a=1.1.1.1:1\nb=2.2.2.2:2'; do
		refused 100 "fatal: $backend: not name=address:port" nobody daemon "$PWD/etd" 0 "$backend"
	done
	refused 100 'fatal: a=10.0.0.2:25: the name a is taken already' nobody daemon "$PWD/etd" 0 a=10.0.0.1:25 a=10.0.0.2:25
	mkdir etd
	touch etd/mine
	run -111 etd-conf nobody daemon "$PWD/etd" 0
	[ "$output" = "etd-conf: fatal: $PWD/etd exists already: nothing is changed" ]
	[ "$(ls -A etd)" = mine ]
}

@test "every IPv6 address: ::0 for tcpserver of ucspi-tcp-ipv6, which takes no ::, and :: too for etd-server" {
	conf smtp1=127.0.0.1:1
	PATH=$top/t/peer/usr/bin:$PATH
	run -111 tcpserver -RHl0 :: "$(port front)" true
	# answers ADDRESS SERVER ...: to IPv4 and IPv6
	answers() {
		local ip=$1
		shift
		start front "$@" -RHl0 "$ip" "$(port front)" echo 220
		wait_for listens "$(port front)"
		for to in TCP4:127.0.0.1 'TCP6:[::1]'; do
			run -0 socat -u "$to:$(port front)" -
			[ "$output" = 220 ]
		done
		stop front
	}
	export ETD_DELAY=0
	for ip in 0 ::0; do answers $ip tcpserver; done
	for ip in 0 ::0 ::; do answers $ip etd-server; done
	let_others_in
	for ip in ::0 ::1; do
		etd-conf nobody daemon "$PWD/six" $ip
		[ "$(head -n 1 six/front/env/IP)" = $ip ]
		rm -r six
	done
	etd-conf -s nobody daemon "$PWD/six" ::
}

@test "a directory that cannot be filled is removed" {
	mkdir full
	mount -t tmpfs -o nr_inodes=12 tmpfs full
	run etd-conf nobody daemon "$PWD/full/etd" 0
	left=$(ls -A full)
	umount full
	[ "$status" -eq 111 ]
	[[ $output == *"etd-conf: fatal: unable to fill $PWD/full/etd: it has been removed" ]]
	[ -z "$left" ]
}
