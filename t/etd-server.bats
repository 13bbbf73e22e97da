load lib

# What it has in common with etd-delay is in verdict-etd-server.bats, action-... and class-...

# front [ VARIABLE=VALUE ... ] etd-server ...: on a port of 127.0.0.1
front() {
	rm -f front.log
	start_server front env "$@"
}

local=(-1 -H -l front.example 127.0.0.1 0)
refused=$'554 5.5.1 Refused: you talked before the greeting\r'

# sockets N [ PROCESS ]: etd-server has so many: that on which clients come in, and one for each client
sockets() { [ "$(find "/proc/${2-$(cat front.pid)}/fd" -lname 'socket:*' | wc -l)" -eq "$1" ]; }

# rules LINE ...: goes to rules.cdb
rules() {
	printf '%s\n' "$@" | tcprules rules.cdb rules.tmp
}

@test "a client that is silent to the end of the hold gets the program, with tcpserver's environment" {
	# The mask first: the shell changes its own when it starts something.
	cat >shows <<-'END'
		while read -r key value; do [ "$key" != SigBlk: ] || blocked=$value; done </proc/$$/status
		env | grep -E "^(TCP|PROTO|ETD_(RE|[WC]))" | sort
		ls /proc/$$/fd
		ulimit -S -n
		printf 'SigBlk:\t%s\n' "$blocked"
	END
	front TCPREMOTEINFO=x TCPREMOTEHOST=x ETD_DELAY=1 etd-server -v "${local[@]}" sh -c "$(cat shows)"
	ulimit -S -n >soft
	began=$EPOCHREALTIME
	run -0 listen front
	[ "$(ms_since "$began")" -ge 1000 ]
	[[ $output == 'ETD_CLASS=nordns
ETD_RESULT=pass
ETD_WAITED=1.'???'
PROTO=TCP
TCPLOCALHOST=front.example
TCPLOCALIP=127.0.0.1
TCPLOCALPORT='*'
TCPREMOTEIP=127.0.0.1
TCPREMOTEPORT='*$'\n0\n1\n2\n'"$(cat soft)"*$'SigBlk:\t0000000000000000' ]]
	has front.log '^etd-server: pass ip=127\.0\.0\.1 port=[0-9]* host="" class=nordns waited=1\.[0-9][0-9][0-9]$'
	has front.log "^etd-server: ok [0-9]* front\.example:127\.0\.0\.1:$(port front) :127\.0\.0\.1::[0-9]*$"
	has front.log '^etd-server: end [0-9]* status 0$'
	has front.log '^etd-server: status: 0/40$'
}

@test "rules are found as tcpserver finds them, and their variables hold for the hold and the program" {
	rules '127.0.0.2:allow,RELAYCLIENT="",WHO="address"' '127.0.0.3:deny' '127.0.:allow,ETD_DELAY="0",WHO="prefix"' \
		':allow,ETD_DELAY="20"'
	front ETD_DELAY=20 etd-server -v -x rules.cdb "${local[@]}" sh -c 'echo "$ETD_RESULT $WHO ${RELAYCLIENT-unset}"'
	from() { socat -u "TCP:127.0.0.1:$(port front),bind=$1" -; }
	run -0 from 127.0.0.2
	[ "$output" = 'exempt address ' ]
	run -0 from 127.0.0.4
	[ "$output" = 'exempt prefix unset' ]
	run -0 from 127.0.0.3
	[ -z "$output" ]
	has front.log '^etd-server: deny [0-9]* front\.example:127\.0\.0\.1:[0-9]* :127\.0\.0\.3::[0-9]*$'
	rules '127.:allow,ETD_DELAY="0",WHO="new"'
	run -0 from 127.0.0.3
	[ "$output" = 'exempt new unset' ]
}

@test "a bad setting in a rule is that client's 421, and one in the environment ends it at the start" {
	rules '127.0.0.2:allow,ETD_DELAY="x"' ':allow,ETD_DELAY="0"'
	front etd-server -x rules.cdb "${local[@]}" echo 220
	run -0 socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has front.log '^etd-server: warning: 127\.0\.0\.2: ETD_DELAY=x: not a number of seconds from 0 to 300$'
	run -0 listen front
	[ "$output" = 220 ]
	ETD_DELAY=x run -100 etd-server "${local[@]}" true
	[ "$output" = 'etd-server: fatal: ETD_DELAY=x: not a number of seconds from 0 to 300' ]
	run -100 etd-server -r "${local[@]}" true
	[[ $output == 'etd-server: usage: etd-server '* ]]
}

@test "what cannot be run, and rules that cannot be read, cost a 421" {
	front ETD_DELAY=0 etd-server -x rules.cdb -X "${local[@]}" ./nothing
	run -0 listen front
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has front.log '^etd-server: warning: 127\.0\.0\.1: unable to run ./nothing: No such file or directory$'
	echo noise >rules.cdb
	run -0 listen front
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has front.log '^etd-server: warning: 127\.0\.0\.1: unable to read rules.cdb: '
	run -111 etd-server -x rules.cdb "${local[@]}" true
}

@test "clients who wait for a program are watched, and served the oldest first" {
	mkfifo go
	front ETD_DELAY=0.2 etd-server -v -c 1 "${local[@]}" sh -c 'echo "220 $TCPREMOTEPORT"; read -r _ <go'
	start first socat -u "TCP:127.0.0.1:$(port front)" -
	has first.out 220
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	start third sh -c "sleep 0.5; socat -u TCP:127.0.0.1:$(port front) -"
	sleep 0.5
	echo HELO >&5
	run -0 cat <&5
	exec 5>&-
	[ "$output" = "$refused" ]
	[ ! -s third.out ]
	echo >go
	has third.out 220
	has front.log 'pass .* waited=[0-9.]*'
	echo >go
}

@test "TERM tells those who are held to come again; a program goes on" {
	mkfifo go
	rules '127.0.0.2:allow,ETD_DELAY="0"' ':allow'
	front ETD_DELAY=20 etd-server -v -x rules.cdb "${local[@]}" sh -c 'echo 220; read -r _ <go; echo 221'
	start program socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has program.out 220
	start held socat -u "TCP:127.0.0.1:$(port front)" -
	wait_for sockets 2
	kill -TERM "$(cat front.pid)"
	has held.out '421 4.3.0'
	wait_for eval '! kill -0 "$(cat front.pid)"'
	echo >go
	has program.out 221
}

@test "TERM tells those who wait in the backlog to come again, one that has talked as well, and resets none" {
	front ETD_DELAY=20 ETD_COUNTS=counts.cdb etd-server "${local[@]}" true
	kill -STOP "$(cat front.pid)"
	start clients perl "$top/t/clients" "$(port front)" 100 127.1
	has clients.out ready
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	echo HELO >&5
	kill -TERM "$(cat front.pid)"
	kill -CONT "$(cat front.pid)"
	run -0 cat <&5
	exec 5>&-
	[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	has clients.out '^421 100$'
	[ "$(wc -l <clients.out)" -eq 2 ]
	wait_for eval '! kill -0 "$(cat front.pid)"'
	[ "$(cdb -q counts.cdb accepted)" = 101 ]
}

@test "TERM with no room for those in the backlog: they are told as soon as others have left" {
	front ETD_DELAY=20 ETD_HELD=2 etd-server "${local[@]}" true
	kill -STOP "$(cat front.pid)"
	for i in 1 2 3 4 5 6; do start "client$i" socat -u "TCP:127.0.0.1:$(port front)" -; done
	wait_for eval '[ "$(ss -Htn state established "dport = :$(port front)" | wc -l)" -eq 6 ]'
	kill -TERM "$(cat front.pid)"
	kill -CONT "$(cat front.pid)"
	for i in 1 2 3 4 5 6; do has "client$i.out" '^421'; done
	wait_for eval '! kill -0 "$(cat front.pid)"'
	[ -z "$(cat client?.log)" ]
}

@test "a socket that was handed over keeps its backlog at TERM, for the next process" {
	cat >hand.pl <<-'END'
		use Socket; use POSIX ();
		$^F = 3;
		socket S, PF_INET, SOCK_STREAM, 0; setsockopt S, SOL_SOCKET, SO_REUSEADDR, 1;
		bind S, sockaddr_in($ARGV[0], INADDR_LOOPBACK) and listen S, 10 or die "$!\n";
		for my $n (1, 2) {
			if (!(my $pid = fork)) {
				POSIX::dup2(fileno S, 3); $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_PID} = $$;
				exec 'etd-server', '-H', 'echo', "220 $n";
			} else {
				syswrite STDOUT, "$pid\n";
				waitpid $pid, 0;
			}
		}
	END
	free_port front
	ETD_DELAY=0 start front perl hand.pl "$(port front)"
	wait_for test -s front.out
	wait_for eval '[ "$(listen front)" = "220 1" ]'
	pid=$(cat front.out)
	kill -STOP "$pid"
	kill -TERM "$pid"	# first: who came earlier may have been accepted
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	kill -CONT "$pid"
	run -0 cat <&5
	exec 5>&-
	[ "$output" = '220 2' ]
}

@test "TERM ends it, though a name is still asked for, and though TERM comes twice" {
	free_port resolver
	start resolver socat -u "UDP-RECV:$(port resolver),bind=127.0.0.1" OPEN:asked,creat
	wait_for eval 'grep -q "$(printf ":%04X " "$(port resolver)")" /proc/net/udp'
	front DNSCACHEIP="127.0.0.1:$(port resolver)" ETD_DNS_TIMEOUT=1 ETD_DELAY=60 etd-server -1 127.0.0.1 0 true
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	wait_for test -s asked
	kill -TERM "$(cat front.pid)"
	read -r -u 5 reply
	[ "$reply" = $'421 4.3.0 Service not available, try again later\r' ]
	kill -TERM "$(cat front.pid)"
	# It is still connected, and its name would be given up after a second.
	wait_for eval '! kill -0 "$(cat front.pid)"'
	exec 5>&-
}

@test "beyond ETD_HELD clients wait outside, and come in when there is room" {
	front ETD_DELAY=0.5 ETD_HELD=2 etd-server -c 1 "${local[@]}" echo 220
	for i in 1 2 3 4; do start "client$i" socat -u "TCP:127.0.0.1:$(port front)" -; done
	for i in 1 2 3 4; do has "client$i.out" 220; done
	[ "$(count front.log '^etd-server: warning: no more than 2 clients are held: others wait in the backlog$')" -eq 1 ]
	ETD_HELD=1048576 run -111 bash -c 'ulimit -n 100; etd-server 127.0.0.1 0 true'
	[[ $output == 'etd-server: fatal: ETD_HELD=1048576: the limit of descriptors, 100, allows only 68' ]]
}

@test "sockets that systemd hands over are served, and the program hears nothing of them" {
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" -E ETD_DELAY=0 -E "PATH=$PATH" \
		etd-server -H sh -c 'echo "220 ${LISTEN_FDS-unset} $TCPREMOTEIP"'
	wait_for listens "$(port front)"
	run -0 listen front
	[ "$output" = '220 unset 127.0.0.1' ]
}

@test "sockets of both families are served, and what is no socket to listen on is bad configuration" {
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" -l "[::1]:$(port front)" -E ETD_DELAY=0 -E "PATH=$PATH" \
		etd-server -H sh -c 'echo "220 $PROTO $TCPREMOTEIP $TCPLOCALIP ${LISTEN_FDS-unset} ${LISTEN_PID-unset}"; ls /proc/$$/fd'
	wait_for listens "$(port front)"
	run -0 listen front
	[ "$output" = $'220 TCP 127.0.0.1 127.0.0.1 unset unset\n0\n1\n2' ]
	run -0 socat -u "TCP6:[::1]:$(port front)" -
	[ "$output" = $'220 TCP6 ::1 ::1 unset unset\n0\n1\n2' ]
	handed() { LISTEN_FDS=$1 bash -c 'LISTEN_PID=$$ exec etd-server true 3</dev/null'; }
	run -100 handed 1
	[ "$output" = 'etd-server: fatal: descriptor 3: not a listening TCP socket' ]
	for n in 0 x 17; do
		run -100 handed "$n"
		[ "$output" = "etd-server: fatal: LISTEN_FDS=$n: not a whole number from 1 to 16" ]
	done
}

@test "mail goes through it, and through etd-connect, to a backend's store, while others are refused" {
	mail_server smtp1
	list smtp1
	front ETD_DELAY=0.3 etd-server -v "${local[@]}" etd-connect backends.cdb
	for n in 1 2 3; do start "mail$n" swaks --server "127.0.0.1:$(port front)" --helo client.example --from me@client.example --to you@front.example; done
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = "$refused" ]
	for n in 1 2 3; do has "mail$n.out" '^<-  221'; done
	[ "$(find smtp1/new -type f | wc -l)" -eq 3 ]
	has_lines front.log '^etd-server: end [0-9]* status 0$' 3
	has_lines front.log '^etd-server: pass ' 3
}

@test "a logger that stops reading stops no client, and is told what it has missed" {
	mkfifo log
	exec 6<>log
	rm -f front.out
	ETD_DELAY=20 pgrphack etd-server -v "${local[@]}" true >front.out 2>log 6>&- 3>&- &
	echo $! | tee -a started >front.pid
	disown
	wait_for test -s front.out
	cp front.out front.port
	dd if=/dev/zero of=log bs=65536 count=1 oflag=nonblock status=none || :
	run -0 talk front <<<EHLO
	[ "$output" = "$refused" ]
	dd if=log of=/dev/null bs=65536 count=1 iflag=nonblock status=none
	run -0 talk front <<<EHLO
	timeout 1 cat <&6 >heard || :
	grep -a '^etd-server: warning: [0-9]* lines are lost: descriptor 2 had no room$' heard
}

@test "options are tcpserver's: those that cannot be meant here are bad usage" {
	for option in -B -r -o -O -C -t -Z; do
		run -100 etd-server "$option" "${local[@]}" true
		[[ $output == 'etd-server: usage: etd-server '* ]]
	done
	for missing in '' 127.0.0.1 '127.0.0.1 0'; do
		run -100 etd-server $missing
		[[ $output == 'etd-server: usage: etd-server '* ]]
	done
	for bad in '-c 0' '-c x' '-b 0' '-b 65536' '-u x' '-g -1' '-c 1x'; do
		run -100 etd-server $bad "${local[@]}" true
		[ "$output" = "etd-server: fatal: $bad: not a whole number from ${output##*number from }" ]
	done
	run -111 etd-server -H 127.0.0.1 no-such-port true
	[ "$output" = 'etd-server: fatal: no-such-port is not a port, and no socket was handed over: under systemd, restart the socket unit' ]
	run -111 etd-server -H no-such-host.invalid 25 true
	[[ $output == 'etd-server: fatal: unable to find out the address of no-such-host.invalid port 25: '* ]]
	run -111 etd-server -H 192.0.2.1 25 true
	[ "$output" = 'etd-server: fatal: unable to listen on 192.0.2.1 port 25: Cannot assign requested address' ]
}

@test "-u, -g and -U give up what root could do, and all other groups" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become somebody else'
	for_all etd-server
	as() {	# ID [ VARIABLE=VALUE ... ] etd-server ...
		local id=$1
		shift
		front ETD_DELAY=0 "$@" "${local[@]}" sh -c 'id -u; id -g; id -G'
		run -0 listen front
		[ "$output" = "$id" ] || { echo "$output"; return 1; }
	}
	as $'1001\n1002\n1002' etd-server -u 1001 -g 1002
	as $'1001\n0\n0' etd-server -u 1001
	as $'0\n1002\n1002' etd-server -g 1002
	as $'1003\n1004\n1004' UID=1003 GID=1004 etd-server -U
	as $'1001\n1002\n1002' etd-server -u 1001 -g 1002 -U
	UID_=1 run -100 env UID=1003 etd-server -U "${local[@]}" true
	[ "$output" = 'etd-server: fatal: UID and GID: one is not set' ]
}

@test "-D is Nagle's end for the program's small pieces, -b the kernel's queue, -1 the port" {
	free_port front
	start front strace -f -o trace -e trace=listen,setsockopt etd-server -H -D -b 77 127.0.0.1 "$(port front)" true
	wait_for listens "$(port front)"
	grep -q 'listen([0-9]*, 77)' trace
	grep -q 'TCP_NODELAY, \[1\]' trace
	[ ! -s front.out ]
	front etd-server -d "${local[@]}" true
	[[ $(cat front.port) == [1-9]*[0-9] ]]
}

@test "a client on any address of this host is told which, by IPv6 and by IPv4, however many there are" {
	front ETD_DELAY=0 etd-server -1 -H 0 0 sh -c 'echo "$PROTO $TCPLOCALIP:$TCPLOCALPORT ${TCP6LOCALIP-unset}"'
	for n in {1..20}; do	# more than there is memory for
		run -0 socat -u "TCP:127.0.0.$n:$(port front)" -
		[ "$output" = "TCP 127.0.0.$n:$(port front) unset" ] || { echo "$n: $output"; return 1; }
	done
	run -0 socat -u "TCP6:[::1]:$(port front)" -
	[ "$output" = "TCP6 ::1:$(port front) ::1" ]
}

@test "a program's end is noticed though SIGCHLD was ignored at the start" {
	front ETD_DELAY=0 env --ignore-signal=CHLD etd-server -c 1 "${local[@]}" grep SigIgn /proc/self/status
	for _ in 1 2 3; do
		run -0 listen front
		[ $((0x${output#*:?} & 0x10000)) -eq 0 ]
	done
}

@test "an answered client who does not close is left after 2 s" {
	start_server front env ETD_DELAY=20 strace -f -o trace -e trace=epoll_wait etd-server "${local[@]}" true
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	echo HELO >&5
	run -0 cat <&5
	[ "$output" = "$refused" ]
	wait_for sockets 1 "$(pgrep -P "$(cat front.pid)")"
	exec 5>&-
	# Two seconds are over when it is looked at for the last time.
	[ "$(grep -c ', [0-9]*) *= 0$' trace)" -ge 3 ]
	run -1 grep -E ', (1[5-9]|[2-9][0-9])[0-9][0-9]\) *= 0$' trace
}
