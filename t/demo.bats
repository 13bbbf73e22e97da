load lib

unset ETD_ROOT	# they set it themselves

# Both look for free ports from 2525 on, and would find the same.
setup_file() { export BATS_NO_PARALLELIZE_WITHIN_FILE=true; }

teardown() {
	kill "${pid-}" 2>/dev/null || :
}

# left DIR: the processes that run in it or were told of it
left() {
	pgrep -f "$1" || find /proc/[0-9]*/cwd -lname "$1*" 2>/dev/null | grep .
}

@test "make demo shows the whole and leaves nothing behind" {
	export TMPDIR=$PWD
	cd "$top"
	run -0 make demo
	[[ $output == *'tcpserver: ok'*'554 5.5.1 Refused'*'etd-server: ok'*'554 5.5.1 Refused'*'demo: all went well'* ]]
	cd "$TMPDIR"
	[ -z "$(ls -d etd-demo.* 2>/dev/null)" ]
}

# A shell in the background may have been started to ignore SIGINT: env undoes that.
run_site() {
	rm -f run.out
	(cd "$top" && TMPDIR=$BATS_TEST_TMPDIR exec env --default-signal=INT t/run >"$BATS_TEST_TMPDIR/run.out" 3>&-) &
	pid=$!
	disown
	wait_for grep -q 'An interrupt' run.out
	site=$(sed -n 's/^etd is running below \(.*\), under.*/\1/p' run.out)
	front=$(sed -n 's/^ *front *127.0.0.1:\([0-9]*\) .*/\1/p' run.out)
	server=$(sed -n 's/^ *server *127.0.0.1:\([0-9]*\) .*/\1/p' run.out)
}

@test "make run says what to try, which works, and leaves no process and no port however it ends" {
	for signal in INT TERM HUP KILL; do
		run_site
		listens "$front"
		listens "$server"
		if [ $signal = INT ]; then
			run -0 bash -c "$(sed -n 's/^  \(swaks .*\)/\1/p' run.out)"
			[ -n "$(ls "$site"/mail/*/new)" ]
			run -0 bash -c "$(sed -n 's/^  \(echo .*\)/\1/p' run.out)"
			[[ $output == 554\ * ]]
		fi
		(exec 5<>"/dev/tcp/127.0.0.1/$front" 6<>"/dev/tcp/127.0.0.1/$server")	# sessions that are held meanwhile
		kill -$signal "$pid"
		wait_for eval '! left "$site"'
		run ! listens "$front"
		run ! listens "$server"
	done
}
