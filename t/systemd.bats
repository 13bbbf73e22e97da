load lib

# units: a copy of them that names this tree's programs and the test's list. As installed they
# name no path: systemd looks in its own, not in PATH.
units() {
	mkdir units
	cp "$top"/systemd/*.socket "$top"/systemd/*.service units
	sed -i "s|=checkd |=$top/checkd/checkd |; s|=etd-delay |=$top/etd-delay/etd-delay |
		s|=etd-server |=$top/etd-server/etd-server |; s|/etc/etd/rules|$PWD/rules|
		s| etd-connect | $top/etd-connect/etd-connect |; s|/var/lib/etd/|$PWD/|" units/*.service
}

# setting UNIT NAME: its values
setting() { sed -n "s/^$2=//p" "units/$1"; }

# socket COMMAND ...: systemd's own, which starts the command for each client
socket() {
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" --accept --inetd \
		-E PATH="$PATH" -E ETD_ROOT -E ETD_DELAY=2 "$@"
	wait_for listens "$(port front)"
}

# What a command begins with that has no capabilities, as the units' account has none: not even root's
bare=(env)
[ "$(id -u)" -ne 0 ] || bare=(setpriv --bounding-set=-all --inh-caps=-all)

# server COMMAND ...: the same for one command that is given the socket. The socket stays open, as
# systemd's does, and the command is started again whenever it has ended; its process is in server.pid.
server() {
	printf '#!/bin/sh\necho $$ >server.pid\nLISTEN_PID=$$ exec "$@"\n' >once
	printf '#!/bin/sh\nwhile :; do sh once "$@"; done\n' >always
	chmod +x always
	dns
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" -E PATH="$PATH" -E ETD_ROOT -E ETD_DELAY=0.5 \
		-E "DNSCACHEIP=127.0.0.1:$(port resolver)" -E ETD_PASSED -E ETD_COUNTS ./always "$@"
	wait_for listens "$(port front)"
}

# dns: answers each question on resolver.port with the name mail.example
dns() {
	free_port resolver
	start resolver perl -MIO::Socket::INET -e '
		$s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1:$ARGV[0]") or die; $| = 1; print "ready\n";
		while ($from = $s->recv($_, 512)) {
			($id, $question) = (substr($_, 0, 2), substr($_, 12));
			$question =~ s/^(.*?\0.{4}).*/$1/s;
			$s->send("$id\x81\x80\0\1\0\1\0\0\0\0$question\xc0\x0c\0\x0c\0\1\0\0\0\0\0\x0e\4mail\7example\0", 0, $from);
		}' "$(port resolver)"
	has resolver.out ready
}

# server_command: etd-server.service's, with its own settings
server_command() {
	setting etd-server.service ExecStart |
		sed "s/\${CONCURRENCY}/$(setting etd-server.service Environment | sed 's/^CONCURRENCY=//')/"
}

# left_by UNIT: the system calls that its filters leave, in their order; the first are a list of what is
# allowed, and one with ~ takes away from that
left_by() {
	local filter
	calls @default | sort -u >left.now
	while read -r filter; do
		# shellcheck disable=SC2086
		calls ${filter#\~} | sort -u >these
		if [[ $filter == '~'* ]]; then comm -23 left.now these >left.next; else sort -u left.now these >left.next; fi
		mv left.next left.now
	done < <(setting "$1" SystemCallFilter)
	cat left.now
}

# calls SET ...: the system calls of these sets, as in SystemCallFilter
calls() {
	local name names
	for name; do
		if [[ $name != @* ]]; then
			echo "$name"
		else
			names=$(systemd-analyze --no-pager syscall-filter "$name" | sed '1d; /#/d')
			# shellcheck disable=SC2086
			calls $names
		fi
	done
}

# called TRACE ...: the system calls that strace saw
called() { sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$@" | sort -u; }

@test "systemd finds no fault in the units" {
	units
	run -0 systemd-analyze verify --man=no ./units/*.socket ./units/*.service
	[ -z "$output" ]
}

@test "etd-checkd.service and etd-server.service are locked up tight, etd-each@.service as far as is cheap" {
	units
	run -0 systemd-analyze security --offline=true --threshold=15 ./units/etd-checkd.service
	run -0 systemd-analyze security --offline=true --threshold=15 ./units/etd-server.service
	run -0 systemd-analyze security --offline=true --threshold=50 ./units/etd-each@.service
}

@test "the units start the suite's programs and sh, and no other, as the kill of procps, which a bare Debian has not" {
	run -0 sh -c "sed -n 's/^Exec[A-Za-z]*=//p' '$top'/systemd/*.service | cut -d ' ' -f 1 | sort -u"
	[ "$output" = $'checkd\netd-delay\netd-server\nsh' ]
}

@test "etd-each.socket: each client gets the unit's command line, and is of the class nordns" {
	units
	mail_server smtp1
	list smtp1
	# shellcheck disable=SC2046
	socket $(setting etd-each@.service ExecStart)
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	send front >swaks.out
	[ "$(find smtp1/new -type f | wc -l)" -eq 1 ]
	has front.log '^etd-delay: early ip=127\.0\.0\.1 port=[1-9][0-9]* host="" class=nordns '
	has front.log '^etd-delay: pass ip=127\.0\.0\.1 port=[1-9][0-9]* host="" class=nordns '
	has front.log '^etd-connect: end ip=127\.0\.0\.1 .* backend=smtp1 .* state=--$'
}

@test "etd-each@.service forbids no system call that a client needs, bulk and a dead backend included" {
	units
	head -c 10000000 /dev/zero >bulk
	mkfifo backends.cdb.nudge
	exec 5<>backends.cdb.nudge	# checkd's end
	serve dead true
	serve smtp1 sh -c 'echo 220; cat bulk; cat >/dev/null'
	list dead smtp1
	stop dead
	printf '#!/bin/sh\nexec strace -f -o trace.$$ "$@"\n' >traced
	chmod +x traced
	# shellcheck disable=SC2046
	socket ./traced $(setting etd-each@.service ExecStart)
	talk front <<<'EHLO spam.example'
	for heard in one two; do	# one of them begins at dead
		talk front < <(has $heard 220; cat bulk) >$heard
		[ "$(wc -c <$heard)" -eq 10000004 ]
	done
	has_lines front.log 'etd-connect: end' 2
	has front.log 'etd-connect: failed .* backend=dead'
	called trace.* >made
	grep -qx splice made
	run -0 grep -l '"dead' trace.*
	[[ $(setting etd-each@.service SystemCallFilter) == '~'* ]]
	# shellcheck disable=SC2046
	calls $(setting etd-each@.service SystemCallFilter | tr -d '~') | sort -u >forbidden
	[ "$(wc -l <forbidden)" -ge 20 ]
	[ -z "$(comm -12 forbidden made)" ]
}

@test "etd-server.service: each client gets its command line, with a name, and rules if there are any" {
	units
	mail_server smtp1
	list smtp1
	# shellcheck disable=SC2046
	server $(server_command)
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	send front >swaks.out
	[ "$(find smtp1/new -type f | wc -l)" -eq 1 ]
	has front.log '^etd-server: early ip=127\.0\.0\.1 port=[1-9][0-9]* host=mail\.example class=named '
	has front.log '^etd-server: pass ip=127\.0\.0\.1 port=[1-9][0-9]* host=mail\.example class=named '
	has front.log '^etd-server: ok [0-9]* 0:127\.0\.0\.1:'
	has front.log '^etd-server: status: 0/400$'
	has front.log '^etd-connect: end ip=127\.0\.0\.1 .* backend=smtp1 .* state=--$'
	echo '=mail.example:allow,ETD_REPLY="451 4.7.1 By a rule"' | tcprules rules.cdb rules.tmp
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'451 4.7.1 By a rule\r' ]
}

@test "etd-server.service allows what it and its programs call: names, rules, bulk, a dead backend, each signal" {
	units
	head -c 10000000 /dev/zero >bulk
	mkfifo backends.cdb.nudge
	exec 5<>backends.cdb.nudge	# checkd's end
	printf '%s\n' '127.0.0.2:deny' '127.0.0.3:allow,ETD_DELAY="60",ETD_PASSED=""' | tcprules rules.cdb rules.tmp
	serve dead true
	serve smtp1 sh -c 'echo 220; cat bulk; cat >/dev/null'
	list dead smtp1
	stop dead
	export ETD_PASSED=passed.cdb ETD_COUNTS=counts.cdb
	# -D: the tracer is its grandchild, so that it is the process of LISTEN_PID
	# shellcheck disable=SC2046
	server "${bare[@]}" strace -D -f -A -o trace $(server_command)
	talk front <<<'EHLO spam.example'
	[ -z "$(timeout 20 socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -)" ]
	[ "$(talk front < <(sleep 1; cat bulk) | wc -c)" -eq 10000004 ]
	[ "$(talk front < <(sleep 1; cat bulk) | wc -c)" -eq 10000004 ]	# one of the two began at dead
	has_lines front.log 'etd-connect: end' 2
	has front.log 'etd-connect: failed .* backend=dead'
	pid=$(cat server.pid)
	kill -HUP "$pid"
	has_lines front.log 'etd-server: end' 2
	start held socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.3" -
	wait_for has_accepted front "$pid" 127.0.0.3
	kill -TERM "$pid"
	has held.out '^421'
	wait_for eval "! kill -0 $pid"
	left_by etd-server.service >left
	[ "$(wc -l <left)" -ge 100 ]
	called trace >made
	for call in signalfd4 splice execve close_range sendto rename fsync; do grep -qx $call made; done
	grep -q 'connect(.*sin_port=htons('"$(port resolver)" trace
	[ -z "$(comm -13 left made)" ]
	# With a capability, etd-connect calls one more.
	sed -n 's/^#\(SystemCallFilter=\)/\1/p' units/etd-server.service >>units/etd-server.service
	left_by etd-server.service | grep -qx capset
	# Nor is there a family of sockets that it forbids, or a file that ProcSubset=pid hides
	[ -z "$(sed -n 's/.* socket(\([A-Z0-9_]*\),.*/\1/p' trace | grep -vx -e AF_INET -e AF_INET6)" ]
	[ -z "$(grep -E 'open(at)?\(.*"/(proc/[^0-9s]|sys/|home|root)' trace)" ]
}

@test "etd-server.service: a restart loses no connection: who is held comes again, others are served" {
	units
	mail_server smtp1
	list smtp1
	# shellcheck disable=SC2046
	server $(server_command)
	run -0 talk front <<<'EHLO spam.example'	# the first one starts it
	# One that is served all the while
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	read -r -t 20 line <&5
	[[ $line == 220* ]]
	# Five at once, each again and again: what they hear goes to heard, and a reset says so there
	for i in 1 2 3 4 5; do
		start "client$i" bash -c "while [ ! -e enough ]; do
			exec 4<>/dev/tcp/127.0.0.1/$(port front) || echo refused
			read -r line <&4 || line=lost
			echo \"\${line%% *}\"; printf 'QUIT\r\n' >&4; read -r _ <&4; exec 4>&-; done >>heard 2>&1"
	done
	for i in 1 2 3 4 5; do
		before=$(count heard 220)
		pid=$(cat server.pid)
		kill -TERM "$pid"
		wait_for eval '[ "$(cat server.pid)" != "$pid" ]'
		wait_for eval '[ "$(count heard 220)" -gt "$before" ]'
	done
	touch enough
	for i in 1 2 3 4 5; do wait_for gone "$(cat "client$i.pid")"; done
	[ "$(sort -u heard)" = $'220\n421' ]
	printf 'HELO me.example\r\n' >&5
	read -r -t 10 line <&5
	[[ $line == 250* ]]
	exec 5>&-
}

@test "etd-checkd.service allows what checkd calls, to resolve, to probe, to write, and at each signal" {
	units
	mail_server smtp1
	echo "smtp1 localhost:$(port smtp1) inter=0.2 source=127.0.0.1" >backends
	start checkd "${bare[@]}" strace -f -o trace "$top/checkd/checkd" -v backends backends.cdb
	wait_for key_is =smtp1 'state=up *'
	pid=$(pgrep -P "$(cat checkd.pid)" -x checkd)
	echo "smtp2 127.0.0.1:1 inter=0.2" >>backends
	kill -HUP "$pid"
	has checkd.log 'down backend=smtp2'
	kill -ALRM "$pid"
	echo smtp1 >backends.cdb.nudge
	kill -TERM "$pid"
	wait_for gone "$(cat checkd.pid)"
	left_by etd-checkd.service >left
	[ "$(wc -l <left)" -ge 100 ]
	called trace >made
	for call in fsync landlock_create_ruleset; do grep -qx $call made; done
	[ -z "$(comm -13 left made)" ]
}

@test "etd.sysusers makes an account without a shell" {
	mkdir -p root/etc
	run -0 systemd-sysusers --root="$PWD/root" "$top/systemd/etd.sysusers"
	grep -q '^etd:x:[0-9]*:[0-9]*:.*:/var/lib/etd:/usr/sbin/nologin$' root/etc/passwd
}

@test "what is written into /etc/etd, as etd(7) makes it, is for root and the units' account alone" {
	units
	[ "$(sed -n 's/^User=//p' units/*.service | sort -u)" = etd ]
	run ! grep -h -e ^Group= -e ^SupplementaryGroups= units/*.service
	run ! grep -hE '^EnvironmentFile=-?/etc/[^e]' units/*.service
	let_others_in
	# printed PATTERN: the line of the page, for here, with another account
	printed() { manual_example etd.7 "$1" | grep -F -e "$1" | sed "s,/etc/etd,$PWD/conf,g; s/-g etd/-g daemon/"; }
	umask 022
	sh -euc "$(printed 'install -d')"
	sh -euc "$(printed 'send-proxy'\'' >/etc/etd')"
	echo ETD_DNSBL=abcdefgh12345678.zen.example >conf/environment
	echo ':allow,ETD_DNSBL="abcdefgh12345678.bl.example"' >conf/rules
	sh -euc "$(printed 'tcprules /etc/etd')"
	# as ACCOUNT COMMAND ...
	as() { setpriv --reuid "$1" --regid "$(id -g "$1")" --clear-groups "${@:2}"; }
	for name in backends environment rules rules.cdb; do
		as daemon test -r conf/$name
		run ! as games cat conf/$name
	done
	for_all checkd
	for_all etd-server
	as daemon checkd -c conf/backends
	as daemon etd-server -n -x conf/rules.cdb
}

@test "a service without the socket says so, and what to do" {
	units
	run -111 env PATH="$PATH" sh -c "exec $(server_command)"
	[ "$output" = 'etd-server: fatal: -v is not a port, and no socket was handed over: under systemd, restart the socket unit' ]
}
