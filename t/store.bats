load lib

# many N: a source of N backends that need no probe, so that the file is large
many() { for ((i = 0; i < $1; i++)); do echo "b$i 127.0.0.1:25 no-check"; done >backends; }

# read_on N: reads backends.cdb over and over until the file enough is there; says what it saw
# that was no whole list of N backends, and how often it read
read_on() {
	local reads=0
	until [ -e enough ]; do
		if [ "$(cdb -d backends.cdb 2>&1 | grep -c '^+')" -ne $((2 * $1 + 3)) ]; then
			echo torn
			return
		fi
		reads=$((reads + 1))
	done
	echo "reads $reads"
}

# storm: has checkd rewrite the file over and over
storm() { while kill -HUP "$1" 2>/dev/null; do sleep 0.001; done; }

# HUP and ALRM, a sanitizer may catch others too; and no more the shell that becomes it.
catches_signals() {
	grep -qx checkd "/proc/$1/comm" &&
		(((0x$(sed -n 's/^SigCgt:\t//p' "/proc/$1/status") & 0x2001) == 0x2001))
}

@test "200 kills in the middle of rewrites: a reader always sees a whole file" {
	many 300
	run -0 checkd -q -o backends backends.cdb
	read_on 300 >reader 3>&- &
	reader=$!
	midway=0
	for ((i = 0; i < 200; i++)); do
		checkd backends backends.cdb 2>>checkd.log 3>&- &
		pid=$!
		wait_for catches_signals $pid
		storm $pid 3>&- &
		storm=$!
		sleep "0.0$((RANDOM % 5))$((RANDOM % 10))"
		kill -KILL $pid
		wait $pid $storm || :
		[ ! -e backends.cdb.tmp ] || midway=$((midway + 1))
	done
	touch enough
	wait $reader
	cat reader
	[[ $(cat reader) == reads\ ??* ]]
	echo "in the middle of a rewrite: $midway"
	# One built with a sanitizer is too slow at its start to be hit there.
	[ "$midway" -ge 5 ] || grep -q __asan_init "$top/checkd/checkd"
	[ -z "$(grep -v '^checkd: reload ' checkd.log)" ]
}

@test "two that write one file by turns, or at once, never spoil it" {
	many 300
	run -0 checkd -q -o backends backends.cdb
	read_on 300 >reader 3>&- &
	reader=$!
	start checkd checkd backends backends.cdb
	wait_for catches_signals "$(cat checkd.pid)"
	storm "$(cat checkd.pid)" 3>&- &
	storm=$!
	for ((i = 0; i < 100; i++)); do checkd -q -o backends backends.cdb || :; done
	stop checkd
	wait $storm || :
	touch enough
	wait $reader
	[[ $(cat reader) == reads\ ??* ]]
}

# in_space COMMAND ...: where space is a small file system of its own, gone with the test
in_space() { nsenter --mount="/proc/$(cat mounts.pid)/ns/mnt" --wdns="$PWD/space" "$@"; }

make_space() {
	mkdir space
	unshare -m true 2>/dev/null || skip 'no right to mount a file system'
	start mounts unshare -m sh -c "mount -t tmpfs -o size=64k none $PWD/space && echo ready && exec sleep 600"
	has mounts.out ready
	mail_server a
	echo "a 127.0.0.1:$(port a) inter=0.2 no-check" >backends
	in_space cp ../backends .
	start checkd nsenter --mount="/proc/$(cat mounts.pid)/ns/mnt" --wdns="$PWD/space" checkd backends backends.cdb
	wait_for in_space test -s backends.cdb
	wait_for catches_signals "$(cat checkd.pid)"
}
written() { in_space cdb -q backends.cdb written; }
later_than() { [ "$(written)" -gt "$1" ]; }

@test "a full file system: said once, the old file stays, and it is written as soon as there is room" {
	make_space
	before=$(written)
	in_space dd if=/dev/zero of=ballast bs=4k count=100 2>/dev/null || :
	kill -HUP "$(cat checkd.pid)"
	has checkd.log '^checkd: warning: unable to write backends\.cdb\.tmp: No space left on device$'
	sleep 2.5		# two more tries, one a second
	[ "$(count checkd.log unable)" -eq 1 ]
	[ "$(written)" = "$before" ]
	run ! in_space test -e backends.cdb.tmp
	in_space rm ballast
	wait_for later_than "$before"
	[ "$(grep -vc '^checkd: reload ' checkd.log)" -eq 1 ]
}

@test "a file system that has become read-only: said once, and written when it is not any more" {
	make_space
	before=$(written)
	in_space mount -o remount,ro "$PWD/space"
	kill -HUP "$(cat checkd.pid)"
	has checkd.log '^checkd: warning: unable to create backends\.cdb\.tmp: Read-only file system$'
	sleep 2.5
	[ "$(grep -vc '^checkd: reload ' checkd.log)" -eq 1 ]
	[ "$(written)" = "$before" ]
	in_space mount -o remount,rw "$PWD/space"
	wait_for later_than "$before"
	[ "$(grep -vc '^checkd: reload ' checkd.log)" -eq 1 ]
}

# picks N: the backends that so many clients get, one after the other; at -v, to the file log, what is said
picks() {
	for ((i = 0; i < $1; i++)); do
		in_space etd-connect -v backends.cdb printenv ETD_BACKEND 0<>idle 2>>log
	done
}

fill_space() {
	in_space dd if=/dev/zero of=ballast bs=4k count=100 2>/dev/null || :
	run ! in_space sh -c 'echo >more'
	in_space rm more
}

@test "on a full file system no client is lost: they take turns, or get any one if an older version made the counter" {
	make_space
	mkfifo idle
	in_space sh -c 'sed s/^a/b/ ../backends >>backends'
	kill -HUP "$(cat checkd.pid)"
	wait_for eval '[ "$(in_space cdb -q backends.cdb slots)" = 2 ]'
	fill_space
	[[ $(picks 4 | xargs) =~ ^('a b a b'|'b a b a')$ ]]
	[ "$(count log random)" -eq 0 ]
	in_space rm backends.cdb.turn ballast
	in_space truncate -s 8 backends.cdb.turn
	stop checkd
	fill_space
	[ "$(picks 4 | grep -c '^[ab]$')" -eq 4 ]
	[ "$(count log 'etd-connect: random file=backends.cdb.turn reason="no room for it on the file system"')" -eq 4 ]
	in_space rm ballast
	in_space checkd -o backends backends.cdb
	fill_space
	[[ $(picks 4 | xargs) =~ ^('a b a b'|'b a b a')$ ]]
	[ "$(count log random)" -eq 4 ]
}

@test "a counter that is cut short while etd-connect uses it costs no client" {
	mail_server a
	echo "a 127.0.0.1:$(port a) no-check" >backends
	run -0 checkd -q -o backends backends.cdb
	mkfifo idle
	start client sh -c 'exec 0<>idle; exec env ASAN_OPTIONS=detect_leaks=0 strace -o trace -P backends.cdb.turn -e trace=mmap -e inject=mmap:delay_exit=2000000 etd-connect -v backends.cdb printenv ETD_BACKEND'
	maps() { grep -q backends.cdb.turn "/proc/$(pgrep -P "$(cat client.pid)")/maps"; }
	wait_for maps
	truncate -s 0 backends.cdb.turn
	has client.out '^a$'
	has client.log 'random file=backends.cdb.turn reason="no room'
}

@test "what another hand has done to backends.cdb is said once, and undone within a second or two" {
	many 3
	start checkd checkd backends backends.cdb
	wait_for test -s backends.cdb
	cp backends.cdb good
	for harm in 'truncate -s 100 backends.cdb' 'truncate -s 0 backends.cdb' 'rm backends.cdb' \
		'head -c 4096 /dev/urandom >backends.cdb' 'cp good other; mv other backends.cdb'; do
		sh -c "$harm"
		wait_for eval '[ "$(cdb -q backends.cdb slots)" = 3 ]'
	done
	sleep 1.5
	diff - checkd.log <<<'checkd: warning: backends.cdb was changed by another program: it is written again'
	rm backends.cdb.turn backends.cdb.nudge backends.cdb
	wait_for test -s backends.cdb.turn
	wait_for test -p backends.cdb.nudge
}

@test "a backends.cdb that is a symbolic link is refused at the start; one that becomes a link is said, and replaced" {
	many 3
	mkdir elsewhere
	ln -s elsewhere/list backends.cdb
	for option in '' -o -c; do
		# shellcheck disable=SC2086
		run -100 timeout 20 checkd $option backends backends.cdb
		[ "$output" = 'checkd: fatal: backends.cdb is a symbolic link: name the file itself' ]
	done
	[ -L backends.cdb ]
	[ -z "$(ls elsewhere)" ]
	rm backends.cdb
	start checkd checkd backends backends.cdb
	wait_for test -s backends.cdb
	mv backends.cdb elsewhere/list
	ln -s elsewhere/list backends.cdb
	has checkd.log '^checkd: warning: backends.cdb was changed by another program: it is written again$'
	wait_for test ! -L backends.cdb
	[ "$(key slots)" = 3 ]
}

@test "an old file that is damaged is said once, and the states begin anew" {
	mail_server a
	echo "a 127.0.0.1:$(port a) inter=0.2" >backends
	run -0 checkd -q -o backends backends.cdb
	cp backends.cdb good
	for harm in 'head -c 4096 /dev/urandom' 'head -c 2100 good' 'head -c 100 good' 'printf ""' \
		'head -c 4096 /dev/zero' '(head -c 2048 /dev/urandom; tail -c +2049 good)'; do
		sh -c "$harm" >backends.cdb
		rm -f checkd.log
		start checkd checkd backends backends.cdb
		has checkd.log '^checkd: up backend=a .* passes=1$'
		[[ $(head -n 1 checkd.log) == 'checkd: warning: backends.cdb: damaged: no good record '*': its states are ignored' ]]
		wait_for eval '[ "$(cdb -q backends.cdb slots)" = 1 ]'
		[ "$(wc -l <checkd.log)" -eq 2 ]
		stop checkd
	done
}

@test "what is good in an old file is good for all who read it: no state is taken over from another" {
	mail_server a
	printf '%s\n' "a 127.0.0.1:$(port a)" 'b 127.0.0.1:1' >backends
	run -0 checkd -q -o backends backends.cdb
	cdb -d -m backends.cdb >good
	# damage SED WHY: checkd, which says why, has all begin anew; so does etd-status
	damage() {
		sed "$1" good | cdb -c -m backends.cdb -
		run -111 etd-status backends.cdb
		[ "$output" = "etd-status: fatal: $2" ]
		rm -f checkd.log
		start checkd checkd backends backends.cdb
		has checkd.log 'down backend=b .* failures=1 '
		has checkd.log 'up backend=a .* passes=1$'
		[ "$(head -n 1 checkd.log)" = "checkd: warning: $2: its states are ignored" ]
		wait_for eval '[[ $(cdb -q backends.cdb =a) =~ ^state=up\ .*\ since=[0-9]+\ weight=1\  ]]'
		stop checkd
	}
	damage 's/^version 1/version 2/' 'backends.cdb: version 2, not 1'
	damage '/^=a /s/since=[0-9]*/since=-5/' 'backends.cdb: damaged: no good record =a'
	damage '/^=b /s/failures=[0-9]*/failures=/' 'backends.cdb: damaged: no good record =b'
	damage '/^=b /s/state=down/state=up?/' 'backends.cdb: damaged: no good record =b'
	damage '/^=a /s/last=.*/last="\x7f"/' 'backends.cdb: damaged: no good record =a'
	damage 's/^written .*/written now/' 'backends.cdb: damaged: no good record written'
	damage 's/^slots .*/slots 100001/' 'backends.cdb: damaged: no good record slots'
}

@test "a wall clock that jumps is nothing to the timers" {
	cat >jump.c <<-'EOF'
		/* Each look at the wall clock finds it a year off, to and fro. */
		#include <time.h>
		static int n;
		time_t time(time_t *t)
		{
			struct timespec now;
			clock_gettime(CLOCK_MONOTONIC, &now);
			now.tv_sec += 1700000000 + (n++ % 2 ? 31536000 : -31536000);
			return t ? *t = now.tv_sec : now.tv_sec;
		}
	EOF
	gcc -shared -fPIC -o jump.so jump.c
	mail_server a
	echo "a 127.0.0.1:$(port a) inter=0.2" >backends
	began=$EPOCHREALTIME
	start checkd env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$PWD/jump.so" checkd -v backends backends.cdb
	has checkd.log 'up backend=a'
	has_lines a.log 'tcpserver: end' 11
	[ "$(ms_since "$began")" -ge 1500 ]	# neither a storm of probes nor a standstill
	stop a
	has checkd.log 'down backend=a .* failures=3 '
	wait_for eval '[[ $(cdb -q backends.cdb =a) == state=down* ]]'
	[ "$(cdb -q backends.cdb written)" -lt 1760000000 ]
}

# silent_backends N: that many lines, of a server that never greets
silent_backends() {
	local i
	for ((i = 0; i < $1; i++)); do echo "s$i 127.0.0.1:$(port silent) timeout=3000"; done
}

@test "HUP does not put off the list: what was there before has its minute, and new ones put it off by one at most" {
	cat >fast.c <<-'EOF'
		/* The time that nobody steps goes by 30 times as fast. */
		#include <sys/epoll.h>
		#include <sys/syscall.h>
		#include <time.h>
		#include <unistd.h>
		int clock_gettime(clockid_t id, struct timespec *t)
		{
			long n = syscall(SYS_clock_gettime, id, t);
			if (n == 0 && id == CLOCK_MONOTONIC) {
				long long ns = 30 * (t->tv_sec * 1000000000LL + t->tv_nsec);
				t->tv_sec = ns / 1000000000;
				t->tv_nsec = ns % 1000000000;
			}
			return n;
		}
		int epoll_wait(int fd, struct epoll_event *events, int most, int ms)
		{
			return syscall(SYS_epoll_pwait, fd, events, most, ms > 0 ? (ms + 29) / 30 : ms, NULL, 8);
		}
	EOF
	gcc -shared -fPIC -o fast.so fast.c
	serve silent sleep 60
	silent_backends 1 >backends
	began=$EPOCHREALTIME
	start checkd env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$PWD/fast.so" checkd -q backends backends.cdb
	has silent.log 'tcpserver: ok'
	until [ -e backends.cdb ]; do
		[ "$(ms_since "$began")" -lt 15000 ]
		kill -HUP "$(cat checkd.pid)"
		sleep 0.3
	done
	[ "$(ms_since "$began")" -ge 2000 ]	# a minute by that clock
	# From now on a new one with each HUP.
	before=$(cdb -q backends.cdb written)
	n=1
	until [ "$(cdb -q backends.cdb written)" -ge $((before + 4)) ]; do
		[ $((n += 1)) -lt 60 ]
		silent_backends $n >backends
		kill -HUP "$(cat checkd.pid)"
		sleep 0.3
	done
}

# once: the list is written; what is said about the files beside it
once() {
	run checkd -o backends backends.cdb
	[[ $output == "${1:+checkd: warning: $1}" ]]
}

@test "until it is the list, the next one can be opened by nobody else, and so not be locked" {
	many 3
	ASAN_OPTIONS=detect_leaks=0 run strace -o trace -e trace=fsync -e inject=fsync:signal=SIGKILL checkd -o backends backends.cdb
	[ "$(stat -c %a backends.cdb.tmp)" = 600 ]
	chmod 644 backends.cdb.tmp	# what an older version left
	once ''
	[ "$(stat -c %a backends.cdb)" = 644 ]
	[ ! -e backends.cdb.tmp ]
}

@test "what others have put in the place of backends.cdb.tmp is refused" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	many 3
	echo theirs >backends.cdb.tmp
	chown nobody backends.cdb.tmp
	once 'unable to create backends.cdb.tmp: it belongs to another account'
	[ "$status" -eq 111 ]
	[ "$(cat backends.cdb.tmp)" = theirs ]
	rm backends.cdb.tmp
	echo mine >mine
	ln mine backends.cdb.tmp
	once 'unable to create backends.cdb.tmp: it has a second name'
	[ "$(cat mine)" = mine ]
	rm backends.cdb.tmp
	mkfifo backends.cdb.tmp
	once 'unable to create backends.cdb.tmp: it is not a regular file'
	rm backends.cdb.tmp
	ln -s mine backends.cdb.tmp
	once 'unable to create backends.cdb.tmp: Too many levels of symbolic links'
	[ "$(cat mine)" = mine ]
}

@test "what others have put in the place of backends.cdb.turn is left as it is" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	many 3
	echo 'a secret of mine' >mine
	chmod 600 mine
	spared() { [ "$(cat mine)" = 'a secret of mine' ] && [ "$(stat -c %a mine)" = 600 ]; }
	ln -s mine backends.cdb.turn
	once 'unable to create backends.cdb.turn: Too many levels of symbolic links'
	spared
	rm backends.cdb.turn
	ln mine backends.cdb.turn
	once 'unable to create backends.cdb.turn: it has a second name'
	spared
	rm backends.cdb.turn
	mkfifo backends.cdb.turn
	once 'unable to create backends.cdb.turn: it is not a regular file'
	rm backends.cdb.turn
	echo theirs >backends.cdb.turn
	chown nobody backends.cdb.turn
	once 'unable to create backends.cdb.turn: it belongs to another account'
	[ "$(cat backends.cdb.turn)" = theirs ]
	rm backends.cdb.turn
	echo 'too long' >backends.cdb.turn
	once ''
	[ "$(stat -c '%s %a' backends.cdb.turn)" = '8 664' ]
}

@test "what others have put in the place of backends.cdb.nudge is not listened to" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	many 3
	mkfifo -m 600 mine
	# refused WHY
	refused() {
		rm -f checkd.log
		start checkd checkd backends backends.cdb
		has checkd.log "^checkd: warning: unable to open backends\.cdb\.nudge: $1$"
		stop checkd
		rm backends.cdb.nudge
	}
	ln -s mine backends.cdb.nudge
	refused 'Too many levels of symbolic links'
	ln mine backends.cdb.nudge
	refused 'it has a second name'
	[ "$(stat -c %a mine)" = 600 ]
	mkfifo backends.cdb.nudge
	chown nobody backends.cdb.nudge
	refused 'it belongs to another account'
}
