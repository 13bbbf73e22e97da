load lib

# backend NAME: greets, and then says nothing
backend() {
	serve "$1" sh -c 'echo 220; exec cat >/dev/null'
	mkfifo idle
}

# For a client that keeps silent, on descriptor 0: the relay ends soon after the greeting.
export ETD_IDLE_TIMEOUT=0.2

# An account whose only privilege is the capability for source=client
with_cap=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+net_raw --ambient-caps=+net_raw)
net_raw=0000000000002000

# relay: the etd-connect of the server front
relay() { pgrep -f -x 'etd-connect( -v)? backends.cdb' -P "$(cat front.pid)"; }

# status NAME [ PROCESS ]: that field of its status in /proc
status() { proc_status "${2:-$(relay)}" "$1"; }

# has_capabilities PERMITTED EFFECTIVE INHERITABLE AMBIENT [ PROCESS ]
has_capabilities() { [ "$(status CapPrm "${5-}") $(status CapEff "${5-}") $(status CapInh "${5-}") $(status CapAmb "${5-}")" = "$1 $2 $3 $4" ]; }
none=0000000000000000

as_root() { [ "$(id -u)" -eq 0 ] || skip 'not root'; }

# greeted [ ADDRESS ]: a client of front, from there, is in mid-relay
greeted() {
	mkfifo say
	start client sh -c "socat -t 5 - TCP:127.0.0.1:$(port front)${1+,bind=$1} <>say"
	has client.out '^220'
}

@test "a relay has no capability left, not even for source=client, and nothing that it starts can gain any" {
	as_root
	for_all etd-connect
	backend a
	free_port dead
	pool "dead 127.0.0.1:$(port dead) no-check source=client" "a 127.0.0.1:$(port a) no-check source=client"
	chmod 777 .
	ETD_IDLE_TIMEOUT=60 ETD_BALANCE=first serve front "${with_cap[@]}" \
		sh -c 'cat /proc/self/status >before; exec etd-connect -v backends.cdb'
	greeted 127.0.0.2
	grep -q "^CapAmb:	$net_raw$" before
	grep -q "^NoNewPrivs:	0$" before
	has_capabilities $none $none $none $none
	[ "$(status NoNewPrivs)" -eq 1 ]
	has a.log 'from 127\.0\.0\.2$'
	has front.log 'failed .* backend=dead'
}

@test "the same of a relay that is root, since ETD_ROOT allows it" {
	as_root
	backend a
	list a
	ETD_IDLE_TIMEOUT=60 serve front etd-connect backends.cdb
	greeted
	[ "$(status Uid | cut -f 1)" -eq 0 ]
	has_capabilities $none $none $none $none
	[ "$(status NoNewPrivs)" -eq 1 ]
}

@test "source=client under no_new_privs: an ambient capability serves, one of the file does not, and root serves" {
	as_root
	for_all etd-connect
	backend a
	pool "a 127.0.0.1:$(port a) no-check source=client"
	chmod 644 backends.cdb
	# connect COMMAND ...: what it says to a client
	connect() { TCPREMOTEIP=127.0.0.2 TCPREMOTEPORT=4711 timeout 20 "$@" etd-connect backends.cdb 0<>idle; }
	run connect setpriv --no-new-privs "${with_cap[@]}"
	[[ $output == 220* ]]
	run connect setpriv --no-new-privs env UID=65534 GID=65534
	[[ $output == 220* ]]
	setcap cap_net_raw+ep bin/etd-connect 2>setcap.said || skip 'a file can have no capability here'
	run connect setuidgid nobody
	[[ $output == 220* ]]
	run connect setpriv --no-new-privs setuidgid nobody
	[[ $output == *'source=client: unable to use the client'* ]]
}

@test "where the system refuses to take capabilities, one that has none relays; one that has some is a 421" {
	backend a
	list a
	for_all etd-connect
	chmod 644 backends.cdb
	# refused CALL, under what before says; the leak sanitizer does not work under strace
	before=()
	refused() {
		ASAN_OPTIONS=detect_leaks=0 run --separate-stderr "${before[@]}" strace -o /dev/null -e "trace=$1" -e "inject=$1:error=EPERM" etd-connect backends.cdb 0<>idle
	}
	refused prctl
	[ "$status" -eq 111 ]
	[[ $output == 421\ * ]]
	[ "$stderr" = 'etd-connect: fatal: unable to forbid new privileges: Operation not permitted' ]
	as_root
	refused capset
	[ "$status" -eq 111 ]
	[[ $output == 421\ * ]]
	[ "$stderr" = 'etd-connect: fatal: unable to drop capabilities: Operation not permitted' ]
	# What is inheritable alone is no use to it.
	before=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+net_raw)
	refused capset
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 220 ]
}

@test "a relay without capabilities does not call capset: a filter of system calls may kill for that" {
	as_root
	backend a
	list a
	for_all etd-connect
	chmod 644 backends.cdb
	ASAN_OPTIONS=detect_leaks=0 run -0 --separate-stderr strace -o trace -e trace=capset -e inject=capset:signal=SIGSYS \
		env UID=65534 GID=65534 etd-connect backends.cdb 0<>idle
	[ "${lines[0]}" = 220 ]
	[ "$(count trace capset)" -eq 0 ]
}

@test "root does not relay unless ETD_ROOT allows it: a 421, a line that says what to do, and 100; -c finds it" {
	as_root
	backend a
	list a
	refusal='etd-connect: fatal: relaying as root is refused: let the server switch to an account (-u, -g), or set UID and GID; ETD_ROOT=yes allows it'
	# refused [ VARIABLE=VALUE ... ]
	refused() {
		run -100 --separate-stderr env "$@" etd-connect -q backends.cdb 0<>idle
		[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
		[ "$stderr" = "$refusal" ]
		run -100 env "$@" etd-connect -cq backends.cdb
		[ "$output" = "$refusal" ]
	}
	unset ETD_ROOT
	refused
	refused ETD_ROOT=no
	refused UID=0 GID=0
	[ "$(count a.log 'tcpserver: pid')" -eq 0 ]
	# What is bad in the account is all that is said of it.
	run -100 env UID=x GID=65534 etd-connect -c backends.cdb
	[ "$output" = 'etd-connect: fatal: UID=x: not a whole number from 0 to 2147483647' ]
	ETD_ROOT=1 run -100 etd-connect -c backends.cdb
	[ "${lines[0]}" = 'etd-connect: fatal: ETD_ROOT=1: not no or yes' ]
	# allowed COMMAND ...
	allowed() {
		run -0 --separate-stderr "$@" etd-connect backends.cdb 0<>idle
		[ "${lines[0]}" = 220 ]
		run -0 "$@" etd-connect -c backends.cdb
		[ "$output" = 'etd-connect: good' ]
	}
	allowed env ETD_ROOT=yes
	allowed env UID=65534 GID=65534
	let_others_in
	for_all etd-connect
	chmod 666 backends.cdb*
	allowed setuidgid nobody
}

@test "a program in place of the relay is whom it likes" {
	as_root
	backend a
	list a
	unset ETD_ROOT
	run -0 --separate-stderr etd-connect backends.cdb sh -c 'id -u; grep NoNewPrivs: /proc/self/status' 0<>idle
	[ "$output" = $'0\nNoNewPrivs:\t0' ]
	run -0 etd-connect -c backends.cdb true
}

# server [ COMMAND ... ] etd-server [ OPTION ... ]: on front.port, with the program sh -c "$program"
server() { ETD_DELAY=0 start_server front "$@" -1 -H -l 0 127.0.0.1 0 sh -c "$program"; }

@test "etd-server with -u has no capability, and no program of it has one" {
	as_root
	program='cat /proc/self/status'
	for cap in '' +net_raw,+net_bind_service; do
		server setpriv ${cap:+--inh-caps=$cap --ambient-caps=$cap} etd-server -u 65534 -g 65534
		listen front >program.status
		for field in CapPrm CapEff CapAmb; do
			[ "$(status $field "$(cat front.pid)")" = $none ]
			grep -q "^$field:	$none$" program.status
		done
		stop front
	done
}

@test "etd-server that an account starts keeps the capabilities for its programs, but does not have them in effect" {
	as_root
	for_all etd-server
	for_all etd-connect
	backend a
	pool "a 127.0.0.1:$(port a) no-check source=client"
	chmod 644 backends.cdb
	program='exec etd-connect -v backends.cdb'
	export ETD_IDLE_TIMEOUT=60
	server "${with_cap[@]}" etd-server
	greeted 127.0.0.2
	has a.log 'from 127\.0\.0\.2$'
	has_capabilities $net_raw $none $net_raw $net_raw "$(cat front.pid)"
	has_capabilities $none $none $none $none
	stop front
	# What is in effect because the file says so is not for the programs.
	setcap cap_net_bind_service+ep bin/etd-server 2>setcap.said || skip 'a file can have no capability here'
	server setuidgid nobody etd-server
	wait_for has_capabilities $none $none $none $none "$(cat front.pid)"
}

@test "etd-server that stays root leaves root's capabilities to etd-connect, which has an account of its own" {
	as_root
	backend a
	pool "a 127.0.0.1:$(port a) no-check source=client"
	program='UID=65534 GID=65534 exec etd-connect -v backends.cdb'
	unset ETD_ROOT
	export ETD_IDLE_TIMEOUT=60
	for without in '' --no-new-privs; do
		server setpriv $without etd-server
		rm -f say
		greeted 127.0.0.2
		has_lines a.log 'from 127\.0\.0\.2$' 1
		has_capabilities $none $none $none $none
		stop client
		stop front
	done
}

@test "a queue program that is set-user-id gains privilege behind both fronts, and under no_new_privs it does not" {
	as_root
	for_all etd-delay
	for_all etd-server
	cp /usr/bin/id bin/queue
	chmod 4755 bin/queue
	[ "$(setuidgid nobody queue -u)" -eq 0 ] || skip 'the file system here is mounted nosuid'
	program='exec queue -u'
	free_port each
	for setpriv in '' 'setpriv --no-new-privs'; do
		ETD_DELAY=0.1 start each $setpriv tcpserver -u 65534 -g 65534 -RHl0 127.0.0.1 "$(port each)" etd-delay queue -u
		wait_for listens "$(port each)"
		server $setpriv etd-server -u 65534 -g 65534
		for front in each front; do
			[ "$(listen $front)" -eq "$([ -z "$setpriv" ] && echo 0 || echo 65534)" ]
			stop $front
		done
	done
}

@test "etd.7: the account of a relay cannot look into it once it cannot read the program's file" {
	as_root
	for_all etd-connect
	for_all etd-server
	backend a
	list a
	chmod 644 backends.cdb
	chmod 755 bin/*
	# looks PROCESS: what ptrace(2) is allowed, this is
	looks() { setuidgid nobody readlink "/proc/$1/fd/0"; }
	# fronts: both, with a relay of each in $relays
	fronts() {
		ETD_IDLE_TIMEOUT=60 serve each setuidgid nobody etd-connect backends.cdb
		ETD_DELAY=0 ETD_IDLE_TIMEOUT=60 start_server front setuidgid nobody etd-server -1 -H -l 0 127.0.0.1 0 etd-connect backends.cdb
		relays=
		for front in each front; do
			start "$front.client" socat -u "TCP:127.0.0.1:$(port $front)" -
			has "$front.client.out" '^220'
			relays+=" $(pgrep -f -x 'etd-connect backends.cdb' -P "$(cat $front.pid)")"
		done
	}
	fronts
	for process in $relays "$(cat front.pid)"; do looks "$process"; done
	for front in each front; do stop $front.client; stop $front; done
	sh -c "$(manual_example etd.7 'chmod go-r' | sed "s:/usr/local/bin:bin:g")"
	fronts
	for process in $relays "$(cat front.pid)"; do run -1 looks "$process"; done
}

@test "checkd under an account of its own: that of etd-connect uses the counter and the FIFO, but cannot change the list or stop checkd" {
	as_root
	let_others_in
	for_all checkd
	for_all etd-connect
	backend a
	echo "a 127.0.0.1:$(port a) no-check" >backends
	mkdir state
	chown daemon:"$(id -g nobody)" state
	chmod 2755 state
	umask 077	# whatever it is
	start checkd setuidgid daemon checkd backends state/backends.cdb
	wait_for test -e state/backends.cdb -a -e state/backends.cdb.turn
	wait_for setuidgid nobody sh -c '[ -w state/backends.cdb.nudge ]'
	run -0 --separate-stderr setuidgid nobody etd-connect -v state/backends.cdb 0<>idle
	[ "${lines[0]}" = 220 ]
	[[ $stderr != *random* ]]
	[ "$(od -An -t u8 state/backends.cdb.turn | tr -d ' ')" -eq 1 ]
	setuidgid nobody sh -c 'echo a >state/backends.cdb.nudge'
	for attack in 'echo >state/backends.cdb' 'rm -f state/backends.cdb' 'echo >state/backends.cdb.tmp' "kill $(cat checkd.pid)"; do
		run ! setuidgid nobody sh -c "$attack"
	done
}
