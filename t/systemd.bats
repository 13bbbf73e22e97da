load lib

# units: a copy of them that names this tree's programs and the test's list. As installed they
# name no path: systemd looks in its own, not in PATH.
units() {
	mkdir units
	cp "$top"/systemd/etd.socket "$top"/systemd/*.service units
	sed -i "s|=checkd |=$top/checkd/checkd |; s|=etd-delay |=$top/etd-delay/etd-delay |
		s| etd-connect | $top/etd-connect/etd-connect |; s|/var/lib/etd/|$PWD/|" units/*.service
}

# setting UNIT NAME: its values
setting() { sed -n "s/^$2=//p" "units/$1"; }

# socket COMMAND ...: systemd's own, which starts the command for each client
socket() {
	free_port front
	start front systemd-socket-activate -l "127.0.0.1:$(port front)" --accept --inetd \
		-E PATH="$PATH" -E ETD_DELAY=2 "$@"
	wait_for listens "$(port front)"
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
	run -0 systemd-analyze verify --man=no ./units/etd.socket ./units/etd@.service ./units/checkd.service
	[ -z "$output" ]
}

@test "checkd.service is locked up tight, etd@.service as far as is cheap for each client" {
	units
	run -0 systemd-analyze security --offline=true --threshold=15 ./units/checkd.service
	run -0 systemd-analyze security --offline=true --threshold=50 ./units/etd@.service
}

@test "each client gets the unit's command line, and is of the class nordns" {
	units
	mail_server smtp1
	list smtp1
	# shellcheck disable=SC2046
	socket $(setting etd@.service ExecStart)
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	send front >swaks.out
	[ "$(find smtp1/new -type f | wc -l)" -eq 1 ]
	has front.log '^etd-delay: early ip=127\.0\.0\.1 port=[1-9][0-9]* host="" class=nordns '
	has front.log '^etd-delay: pass ip=127\.0\.0\.1 port=[1-9][0-9]* host="" class=nordns '
	has front.log '^etd-connect: end ip=127\.0\.0\.1 .* backend=smtp1 .* state=--$'
}

@test "etd@.service forbids no system call that a client needs, bulk and a dead backend included" {
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
	socket ./traced $(setting etd@.service ExecStart)
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
	[[ $(setting etd@.service SystemCallFilter) == '~'* ]]
	# shellcheck disable=SC2046
	calls $(setting etd@.service SystemCallFilter | tr -d '~') | sort -u >forbidden
	[ "$(wc -l <forbidden)" -ge 20 ]
	[ -z "$(comm -12 forbidden made)" ]
}

@test "checkd.service allows what checkd calls, to resolve, to probe, to write, and at each signal" {
	units
	mail_server smtp1
	echo "smtp1 localhost:$(port smtp1) inter=0.2 source=127.0.0.1" >backends
	start checkd strace -f -o trace "$top/checkd/checkd" -v backends backends.cdb
	wait_for key_is =smtp1 'state=up *'
	pid=$(pgrep -P "$(cat checkd.pid)" -x checkd)
	echo "smtp2 127.0.0.1:1 inter=0.2" >>backends
	kill -HUP "$pid"
	has checkd.log 'down backend=smtp2'
	kill -ALRM "$pid"
	echo smtp1 >backends.cdb.nudge
	kill -TERM "$pid"
	wait_for gone "$(cat checkd.pid)"
	mapfile -t filters < <(setting checkd.service SystemCallFilter)
	# shellcheck disable=SC2086
	calls @default ${filters[0]} | sort -u >allowed
	# shellcheck disable=SC2086
	calls ${filters[1]#\~} | sort -u >forbidden
	comm -23 allowed forbidden >left
	[ "$(wc -l <left)" -ge 100 ]
	called trace >made
	grep -qx fsync made
	[ -z "$(comm -13 left made)" ]
}

@test "etd.sysusers makes an account without a shell" {
	mkdir -p root/etc
	run -0 systemd-sysusers --root="$PWD/root" "$top/systemd/etd.sysusers"
	grep -q '^etd:x:[0-9]*:[0-9]*:.*:/var/lib/etd:/usr/sbin/nologin$' root/etc/passwd
}
