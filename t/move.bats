load lib

unset ETD_ROOT	# as in conf.bats

# Two hosts in network namespaces: a client 192.0.2.2 and the front 192.0.2.1, where svscan runs.
hosts() {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	unshare -n true 2>/dev/null || skip 'no right to make a network'
	local host
	for host in client front; do
		start "$host" unshare -n sh -c 'echo ready; exec sleep 600'
		has "$host.out" ready
	done
	in_host front ip link add outside type veth peer name eth netns "$(cat client.pid)"
	in_host client sh -c 'ip addr add 192.0.2.2/24 dev eth; ip link set eth up; ip link set lo up'
	in_host front sh -c 'ip addr add 192.0.2.1/24 dev outside; ip link set outside up; ip link set lo up'
}
in_host() { local host=$1; shift; nsenter -n -t "$(cat "$host.pid")" "$@"; }

# pieces [ -s ]: the commands of the manual in the order of their use, as the files 1, 2, ... with this
# test's directory and accounts, and no longer a time for clients that are held than they need, when only
# the session is left; -s is the way to etd-server
pieces() {
	local n=0 pattern held='while [ "$(ss -Htn sport = :25 | wc -l)" -gt 1 ]; do sleep 0.1; done'
	for pattern in 'etd-conf -s etd etdlog /etc/etd-move' 'redirect to :2525' 'svc -d /service/front' 'svc -dx /etc/etd-move'; do
		n=$((n + 1))
		manual_example etd.7 "$pattern" | sed "s,/etc/etd,$PWD/etd,g; s,/service,$PWD/service,g
			s/etd etdlog/nobody daemon/; s/sleep 20/$held/; s/conf -s/conf ${1-}/" >$n
		[ -s $n ]
	done
}
step() { echo "step $1" >>heard; in_host front sh -eux "./$1"; }

# clients: eight of them come again and again, and what each hears first goes to heard, or what has gone wrong
clients() {
	cat >client.pl <<-'END'
		use IO::Socket::INET;
		$SIG{PIPE} = 'IGNORE';
		$test = getppid;
		until (-e 'enough' || getppid != $test) {	# it may have been killed
			$s = IO::Socket::INET->new(PeerAddr => '192.0.2.1:25', Timeout => 20);
			if (!$s) { syswrite STDOUT, "connect: $!\n"; next }
			$line = <$s>;
			syswrite STDOUT, defined $line ? substr($line, 0, 3) . "\n" : "lost: $!\n";
			print $s "QUIT\r\n";
			$line = <$s>;
			syswrite STDOUT, "no 221\n" unless $line =~ /^221|^$/;
			close $s;
		}
	END
	local i
	for i in 1 2 3 4 5 6 7 8; do start "client$i" nsenter -n -t "$(cat client.pid)" sh -c 'exec perl client.pl >>heard 2>&1'; done
}
heard() { wait_for eval "[ \$(sed '0,/^step $1/d' heard | grep -c 220) -ge 20 ]"; }

# session: one that stays for all of it: what it hears goes to session.out, and what it says comes from says
session() {
	mkfifo says
	start session nsenter -n -t "$(cat client.pid)" sh -c 'exec socat - TCP:192.0.2.1:25 <>says'
	has session.out '^220'
}

# moves [ -s ] PROGRAM: to a front that holds by that program, in the manual's steps, while clients come all
# the time; nobody is lost, and nobody is told 421
moves() {
	local option=
	if [ "$1" = -s ]; then option=-s; shift; fi
	pieces $option
	echo 'step 0' >heard
	clients
	heard 0
	session
	for i in 1 2 3 4; do
		step $i
		heard $i
		printf 'NOOP\r\n' >says
		has_lines session.out '^250' $i
	done
	[ ! -e etd-move ]
	has etd/front/log/main/current "$1: pass ip=192\.0\.2\.2 "
	printf 'QUIT\r\n' >says
	has session.out '^221'
	touch enough
	for i in 1 2 3 4 5 6 7 8; do wait_for gone "$(cat "client$i.pid")"; done
	[ "$(sed '/^step/d' heard | sort -u)" = 220 ]
}

# front_of [ -s ]: the services of etd-conf, with a short hold
front_of() {
	let_others_in
	for program in etd-delay etd-server etd-connect checkd; do for_all $program; done
	store mail
	start mail_server nsenter -n -t "$(cat front.pid)" tcpserver -RHl0 -b 400 -c 400 127.0.0.1 2500 mail/smtpd
	etd-conf "$@" nobody daemon "$PWD/etd" 0 smtp1=127.0.0.1:2500 >command 2>said
	echo 0.3 >etd/front/env/ETD_DELAY
	# No resolver is there
	echo 0.3 >etd/front/env/ETD_DNS_TIMEOUT
	mkdir service
	ln -s "$PWD/etd/front" "$PWD/etd/checkd" service
	scan nsenter -n -t "$(cat front.pid)"
	wait_for in_host client socat -u /dev/null TCP:192.0.2.1:25
	wait_for etd-status -n etd/state/backends.cdb
}

@test "etd.7: from tcpserver to etd-server, and no connection is lost" {
	hosts
	front_of
	moves -s etd-server
}

@test "etd.7: from etd-server to tcpserver, and no connection is lost" {
	hosts
	front_of -s
	moves etd-delay
}
