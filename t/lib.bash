# lib.bash: what the tests share. Each test runs in a directory of its own, beside others; its
# servers listen on ports that are its own too, and are stopped, by their process groups, at its end.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0
top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
PATH=$top/etd-delay:$top/etd-server:$top/etd-proxy:$top/etd-connect:$top/checkd:$top/etd-conf:$top/etd-drain:$top/etd-status:$top/etd-report:$PATH

# Where root runs the tests, etd-connect is root too. t/privilege.bats is about that.
export ETD_ROOT=yes

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	local group
	cd "$BATS_TEST_TMPDIR" || return 1
	if [ -e started ]; then
		while read -r group; do kill -KILL -- "-$group" 2>/dev/null || :; done <started
	fi
	if [ -z "${BATS_TEST_COMPLETED-}" ]; then tail -n 30 ./*.log 2>/dev/null || :; fi
}

# wait_for COMMAND ...: until it succeeds; fails after 20 s
wait_for() {
	local end=$((SECONDS + 20))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "waited in vain for: $*"; return 1; }
		sleep 0.02
	done
}

# start NAME COMMAND ...: in the background, in a process group of its own; its descriptor 2
# is NAME.log, its output NAME.out, its process NAME.pid
start() {
	local name=$1
	shift
	rm -f "$name.out"	# an earlier one's, which would pass for this one's
	pgrphack "$@" >"$name.out" 2>>"$name.log" </dev/null 3>&- &
	echo $! >"$name.pid"
	echo $! >>"$BATS_TEST_TMPDIR/started"	# a file: a subshell may have started it
	disown
}

# stop NAME: with all its descendants, at once
stop() {
	kill -KILL -- "-$(cat "$1.pid")"
	wait_for gone "$(cat "$1.pid")"
}
gone() { ! kill -0 -- "-$1"; }

# start_server NAME COMMAND ...: the same, for a server that prints its port, as tcpserver -1; it
# goes to NAME.port
start_server() {
	start "$@"
	wait_for test -s "$1.out"
	cp "$1.out" "$1.port"
}
port() { cat "$1.port"; }

# scan [ COMMAND ... ]: svscan on the directory service, as svscan, run by that command. svc -d sends CONT
# right after TERM; that can undo the STOP by which the leak sanitizer begins, and would wait for ever.
scan() { start svscan env ASAN_OPTIONS=detect_leaks=0 "$@" svscan service; }

# free_port NAME: one that nobody has goes to NAME.port. It stays this test's until all tests have
# ended, and it is below those that the kernel gives away: a port of the kernel's choice could be
# another test's, or a client's, as soon as its server is stopped.
free_port() {
	local below port
	read -r below _ </proc/sys/net/ipv4/ip_local_port_range
	port=$((RANDOM % (below - 10000) + 10000))
	until mkdir "$BATS_RUN_TMPDIR/port.$port" 2>/dev/null && ! listens "$port" 2>/dev/null; do
		port=$((port + 1 < below ? port + 1 : 10000))
	done
	echo "$port" >"$1.port"
}

# serve NAME COMMAND ...: under tcpserver on a port of 127.0.0.1, which goes to NAME.port. A full
# backlog would make the kernel forget connections that a client thinks it has.
serve() {
	local name=$1
	shift
	free_port "$name"
	start_server "$name" tcpserver -1 -v -RHl "$name.example" -b 400 -c 400 127.0.0.1 "$(port "$name")" "$@"
}

# serve_again NAME COMMAND ...: where it was before it was stopped
serve_again() {
	local name=$1
	shift
	start "$name" tcpserver -v -RHl "$name.example" -b 400 -c 400 127.0.0.1 "$(port "$name")" "$@"
	wait_for listens "$(port "$name")"
}
listens() { (exec 4<>"/dev/tcp/127.0.0.1/$1"); }

# store NAME: a real SMTP server, Postfix's smtp-sink, that stores what it accepts in NAME/new. The
# program NAME/smtpd is a session with it on descriptors 0 and 1, as qmail-smtpd is one.
store() {
	local as_root=
	[ "$(id -u)" -ne 0 ] || as_root='-u root'
	mkdir -p "$1/new"
	printf '#!/bin/sh\ncd %s && exec socat -t 60 - UNIX-CONNECT:socket\n' "$PWD/$1" >"$1/smtpd"
	chmod +x "$1/smtpd"
	start "$1.sink" sh -c "cd $1 && exec smtp-sink $as_root -h $1.example -d new/%s. unix:socket 400"
	wait_for socat -u /dev/null "UNIX-CONNECT:$1/socket"
}

# mail_server NAME: the same under tcpserver, on NAME.port
mail_server() {
	store "$1"
	serve "$1" "$1/smtpd"
}

# list NAME ...: backends.cdb lists these servers, as checkd would write it
list() {
	local name slot=0
	{
		echo version 1
		echo slots $#
		for name; do
			echo "$slot $name 127.0.0.1 $(port "$name")"
			slot=$((slot + 1))
		done
	} | cdb -c -m backends.cdb.tmp -
	mv backends.cdb.tmp backends.cdb
	[ -e backends.cdb.turn ] || head -c 8 /dev/zero >backends.cdb.turn
}

# pool LINE ...: the file backends of these lines, and backends.cdb by checkd, which probes them once
pool() {
	printf '%s\n' "$@" >backends
	checkd -o -q backends backends.cdb
}

# key KEY: its value in backends.cdb. key_is KEY PATTERN
key() { cdb -q backends.cdb "$1"; }
# shellcheck disable=SC2053
key_is() { [[ $(key "$1") == $2 ]]; }

# has_accepted SERVER PROCESS ADDRESS: that process has a client from there on its port
has_accepted() { ss -Htnp state established "sport = :$(port "$1")" dst "$3" | grep -q "pid=$2,"; }

# talk SERVER: what it says to standard input, which begins at once and then ends; fails on a reset
talk() { timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port "$1")"; }

# listen SERVER: what it says to a client that keeps silent
listen() { timeout 60 socat -u "TCP:127.0.0.1:$(port "$1")" -; }

# send SERVER ARG ...: one mail from a patient client, as swaks does with these arguments
send() {
	local server=$1
	shift
	swaks --server "127.0.0.1:$(port "$server")" --helo client.example --from me@client.example \
		--to you@front.example "$@"
}

# count FILE PATTERN
count() { grep -c -- "$2" "$1" || :; }

# has FILE PATTERN: now or soon
has() { wait_for grep -q -- "$2" "$1"; }

# has_lines FILE PATTERN N: so many, now or soon
has_lines() { wait_for eval "[ \$(grep -c -- '$2' '$1') -ge $3 ]"; }

# seconds_since EPOCHREALTIME: whole ones, in milliseconds
ms_since() { echo $(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 1000)); }

# manual_example PAGE PATTERN: the first literal example of the page with such a line, as it reads
manual_example() {
	awk -v pattern="$2" '
		/^\.Bd -literal/ { inside = 1; text = ""; hit = 0; next }
		/^\.Ed/ { if (inside && hit && !done) { printf "%s", text; done = 1 } inside = 0 }
		inside { text = text $0 "\n"; if (index($0, pattern)) hit = 1 }
	' "$top/man/$1" | sed 's/\\e/\\/g'
}

# let_others_in: other accounts may pass into the test's directory
let_others_in() { chmod o+x "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"; }

# proc_status PROCESS FIELD: its value in /proc/PROCESS/status
proc_status() { sed -n "s/^$2:\t//p" "/proc/$1/status"; }

# haproxy_server NAME LINE ...: HAProxy with a section of these lines, which bind NAME.port
haproxy_server() {
	{
		cat <<-END
			global
				log stderr local0
			defaults
				mode tcp
				log global
				timeout connect 20s
				timeout client 60s
				timeout server 60s
			listen $1
		END
		printf '\t%s\n' "${@:2}"
	} >"$1.cfg"
	start "$1" haproxy -db -f "$1.cfg"
	wait_for listens "$(port "$1")"
}

# proxied_server NAME SERVER: HAProxy on NAME.port of both families, which wants a PROXY header,
# relays to SERVER and logs the client's address
proxied_server() {
	free_port "$1"
	haproxy_server "$1" 'option tcplog' "bind 127.0.0.1:$(port "$1") accept-proxy" \
		"bind [::1]:$(port "$1") accept-proxy" "server $2 127.0.0.1:$(port "$2")"
}

# balancer NAME SERVER OPTION ...: HAProxy on NAME.port of both families, and on NAME.socket, relays to
# SERVER, whose line has the options; HAPROXY is for the section
balancer() {
	free_port "$1"
	haproxy_server "$1" "bind 127.0.0.1:$(port "$1")" "bind [::1]:$(port "$1")" "bind $PWD/$1.socket" \
		"${HAPROXY-}" "server $2 127.0.0.1:$(port "$2") ${*:3}"
}

# postfix_server NAME [ SETTING ... ]: a real Postfix on NAME.port, which logs to NAME.mail.log and
# throws mail away; the settings go to its main.cf
postfix_server() {
	local dir=$PWD/$1 name=$1
	shift
	mkdir -p "$dir/queue" "$dir/data"
	chown postfix "$dir/data"
	let_others_in
	free_port "$name"
	cat >"$dir/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = $dir/queue
		data_directory = $dir/data
		maillog_file = $PWD/$name.mail.log
		maillog_file_prefixes = $PWD
		myhostname = $name.example
		mydestination = front.example
		local_recipient_maps =
		local_transport = discard
		inet_protocols = all
		smtputf8_enable = no
		$(printf '%s\n' "$@")
	END
	cat >"$dir/master.cf" <<-END
		127.0.0.1:$(port "$name") inet n - n - - smtpd
		postlog unix-dgram n - n - 1 postlogd
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		discard unix - - n - - discard
		bounce unix - - n - 0 bounce
		anvil unix - - n - 1 anvil
		tlsmgr unix - - n 1000? 1 tlsmgr
	END
	start "$name" postfix -c "$dir" start-fg
	has "$name.mail.log" 'daemon started'
	tr -d ' ' <"$dir/queue/pid/master.pid" >>"$BATS_TEST_TMPDIR/started"	# it leaves the group
}

# for_all PROGRAM: puts a copy of it in PATH that another account can run: the project may be in a
# directory that is root's alone
for_all() {
	let_others_in
	mkdir -p bin
	cp "$top/$1/$1" bin
	PATH=$PWD/bin:$PATH
}

# resolver LINE ...: a DNS server on resolver.port, with these lines for t/dns in the file zone, which
# may be changed at any time; resolver.log has the questions. Its name in DNSCACHEIP is in $resolver.
resolver() {
	zone "$@"
	start_server resolver perl "$top/t/dns" zone
	export resolver
	resolver=127.0.0.1:$(port resolver)
}
zone() {
	printf '%s\n' "$@" >zone.new
	mv zone.new zone
}

# listen_from ADDRESS SERVER: as listen, for a client with that address of this host
listen_from() { timeout 60 socat -u "TCP:127.0.0.1:$(port "$2"),bind=$1" -; }
