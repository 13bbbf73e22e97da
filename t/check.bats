load lib

# known: the lines without the C library's own words
known() { sed 's/\(ETD_DYNAMIC=(:\) .*/\1 WHY/; s/\(source=192.*:\) .*/\1 WHY/'; }

@test "etd-delay -c says good, and starts nothing" {
	run -0 etd-delay -c touch ran
	[ "$output" = 'etd-delay: good' ]
	run -0 --separate-stderr etd-delay -c
	[ -z "$output" ]
	[ "$stderr" = 'etd-delay: good' ]
	[ ! -e ran ]
	run -0 etd-delay -cq
	[ -z "$output" ]
}

@test "etd-delay -c says each bad setting in a line of its own, and tells a client nothing" {
	ETD_DELAY=2s ETD_DELAY_NORDNS=301 ETD_DYNAMIC='(' ETD_ACTION=rejekt ETD_REPLY='250 ok' ETD_TEASER=$'a\nb' \
		run -100 --separate-stderr etd-delay -c
	[ -z "$output" ]
	diff <(echo "$stderr" | known) - <<-'EOF'
		etd-delay: fatal: ETD_DELAY=2s: not a number of seconds from 0 to 300
		etd-delay: fatal: ETD_DELAY_NORDNS=301: not a number of seconds from 0 to 300
		etd-delay: fatal: ETD_ACTION=rejekt: not reject, rblsmtpd or log
		etd-delay: fatal: ETD_REPLY=250 ok: not a 4xx or 5xx reply
		etd-delay: fatal: ETD_TEASER=a\nb: not one line of printable ASCII
		etd-delay: fatal: ETD_DYNAMIC=(: WHY
	EOF
}

@test "etd-proxy -c says good, or that its timeout is bad" {
	run -0 etd-proxy -c
	[ "$output" = 'etd-proxy: good' ]
	ETD_PROXY_TIMEOUT=0 run -100 etd-proxy -c
	[ "$output" = 'etd-proxy: fatal: ETD_PROXY_TIMEOUT=0: not a number of seconds above 0 up to 60' ]
}

@test "etd-connect -c says each bad setting, and what is wrong with backends.cdb" {
	list
	run -0 etd-connect -c backends.cdb
	[ "${lines[-1]}" = 'etd-connect: good' ]
	rm backends.cdb
	ETD_BALANCE=fair ETD_TRIES=0 ETD_IDLE_TIMEOUT=soon ETD_REPLY=no run -100 --separate-stderr etd-connect -c backends.cdb
	[ -z "$output" ]
	diff <(echo "$stderr" | known) - <<-'EOF'
		etd-connect: fatal: ETD_BALANCE=fair: not roundrobin, random, source or first
		etd-connect: fatal: ETD_TRIES=0: not a whole number from 1 to 100
		etd-connect: fatal: ETD_IDLE_TIMEOUT=soon: not a number of seconds above 0 up to 86400
		etd-connect: fatal: ETD_REPLY=no: not a 4xx or 5xx reply
		etd-connect: fatal: unable to open backends.cdb: No such file or directory
	EOF
	echo noise >backends.cdb
	run -100 etd-connect -c backends.cdb
	[ "$output" = 'etd-connect: fatal: backends.cdb: damaged: no good record version' ]
}

@test "etd-connect -c opens backends.cdb as the account that it is run under" {
	for_all etd-connect
	echo 1 >smtp1.port
	list smtp1
	chmod 600 backends.cdb
	run -0 etd-connect -c backends.cdb
	run -100 setuidgid nobody etd-connect -c backends.cdb
	[ "$output" = 'etd-connect: fatal: unable to open backends.cdb: Permission denied' ]
	chmod 644 backends.cdb
	run -0 setuidgid nobody etd-connect -c backends.cdb
}

@test "etd-connect -c finds source=client without the privilege, and a source that is not this host's" {
	for_all etd-connect
	pool 'a 127.0.0.1:1 no-check source=client weight=3' 'b [::1]:1 no-check source=client' 'c 127.0.0.1:1 no-check source=192.0.2.1' 'd 127.0.0.1:1 no-check'
	run -100 etd-connect -c backends.cdb
	[ "$(echo "$output" | known)" = 'etd-connect: fatal: c: source=192.0.2.1: WHY' ]
	run -100 setuidgid nobody etd-connect -c backends.cdb
	diff <(echo "$output" | known | sort) - <<-'EOF'
		etd-connect: fatal: a: source=client: unable to use the client's address: Operation not permitted
		etd-connect: fatal: b: source=client: unable to use the client's address: Operation not permitted
		etd-connect: fatal: c: source=192.0.2.1: WHY
	EOF
	# Root makes the sockets and then becomes the account.
	pool 'a 127.0.0.1:1 no-check source=client'
	run -0 envuidgid nobody etd-connect -c backends.cdb
	run -100 env UID=1 etd-connect -c backends.cdb
	[ "$output" = 'etd-connect: fatal: UID and GID: one is not set' ]
}

@test "etd-server -n says each bad option and setting, and listens on nothing" {
	run -0 etd-server -n
	[ "$output" = 'etd-server: good' ]
	run -0 etd-server -n -H -x rules.cdb -X 127.0.0.1 0 no-such-program
	ETD_DELAY=2s ETD_DYNAMIC='(' ETD_HELD=0 ETD_DNS_TIMEOUT=0 DNSCACHEIP=here \
		run -100 --separate-stderr etd-server -c many -b 0 -n -x rules.cdb
	[ -z "$output" ]
	diff <(echo "$stderr" | known) - <<-'EOF'
		etd-server: fatal: -c many: not a whole number from 1 to 1048576
		etd-server: fatal: -b 0: not a whole number from 1 to 65535
		etd-server: fatal: ETD_DELAY=2s: not a number of seconds from 0 to 300
		etd-server: fatal: ETD_DYNAMIC=(: WHY
		etd-server: fatal: DNSCACHEIP=here: not addresses of resolvers
		etd-server: fatal: ETD_DNS_TIMEOUT=0: not a number of seconds above 0 up to 60
		etd-server: fatal: ETD_HELD=0: not a whole number from 1 to 1048576
		etd-server: fatal: unable to read rules.cdb: No such file or directory
	EOF
	ETD_HELD=1048576 run -100 bash -c 'ulimit -n 100; etd-server -n -H'
	[ "$output" = 'etd-server: fatal: ETD_HELD=1048576: the limit of descriptors, 100, allows only 68' ]
}

@test "etd-server -n says each bad variable of each rule, and names the rule" {
	printf '%s\n' '192.0.2.7:allow,ETD_DELAY="2s",ETD_ACTION="no"' '=.example.org:allow,ETD_DYNAMIC="("' '10.:deny' \
		'127.:allow,ETD_DELAY="0",RELAYCLIENT=""' ':allow,ETD_REPLY="hello"' | tcprules rules.cdb rules.tmp
	run -100 etd-server -n -x rules.cdb
	diff <(echo "$output" | known | sort) - <<-'EOF'
		etd-server: fatal: rules.cdb: rule 192.0.2.7: ETD_ACTION=no: not reject, rblsmtpd or log
		etd-server: fatal: rules.cdb: rule 192.0.2.7: ETD_DELAY=2s: not a number of seconds from 0 to 300
		etd-server: fatal: rules.cdb: rule =.example.org: ETD_DYNAMIC=(: WHY
		etd-server: fatal: rules.cdb: the empty rule: ETD_REPLY=hello: not a 4xx or 5xx reply
	EOF
	# What is bad in the environment is not each rule's fault, too.
	ETD_DELAY=x run -100 etd-server -n -x rules.cdb
	[ "$(echo "$output" | grep -c 'ETD_DELAY=x')" -eq 1 ]
	echo ':allow,ETD_DELAY="3"' | tcprules rules.cdb rules.tmp
	run -0 etd-server -n -x rules.cdb
	[ "$output" = 'etd-server: good' ]
}

@test "etd-server -n reads the rules as the account that -U makes it" {
	let_others_in
	echo ':allow' | tcprules rules.cdb rules.tmp
	chmod 600 rules.cdb
	run -0 etd-server -n -x rules.cdb
	run -100 envuidgid nobody etd-server -n -U -x rules.cdb
	[ "$output" = 'etd-server: fatal: unable to read rules.cdb: Permission denied' ]
}

@test "etd-server says each bad setting at the start, too" {
	ETD_DELAY=2s ETD_HELD=0 run -100 etd-server 127.0.0.1 0 true
	[ "${#lines[@]}" -eq 2 ]
}

@test "a FIFO, a directory, a device or a huge file in the place of one that is read is one line, at once" {
	mkfifo fifo
	mkdir directory
	ln -s /dev/zero device
	truncate -s 3G huge
	# said STATUS COMMAND ...: what it says of each of them
	said() {
		local code=$1
		shift
		for what in fifo directory device huge; do
			run "-$code" timeout 5 "$@" $what
			[ "${#lines[@]}" -eq 1 ]
			echo "$output"
		done
	}
	diff - <(said 100 etd-server -n -x) <<-'EOF'
		etd-server: fatal: unable to read fifo: not a complete cdb
		etd-server: fatal: unable to read directory: Is a directory
		etd-server: fatal: unable to read device: not a complete cdb
		etd-server: fatal: unable to read huge: File too large
	EOF
	diff - <(said 111 etd-status -s) <<-'EOF'
		etd-status: fatal: fifo: damaged: not a cdb
		etd-status: fatal: unable to open directory: Is a directory
		etd-status: fatal: device: damaged: not a cdb
		etd-status: fatal: unable to open huge: File too large
	EOF
	diff - <(said 111 etd-status; said 100 etd-connect -c) <<-'EOF'
		etd-status: fatal: fifo: not a regular file
		etd-status: fatal: unable to read directory: Is a directory
		etd-status: fatal: device: damaged: no good record version
		etd-status: fatal: huge: damaged: no good record version
		etd-connect: fatal: fifo: not a regular file
		etd-connect: fatal: unable to read directory: Is a directory
		etd-connect: fatal: device: damaged: no good record version
		etd-connect: fatal: huge: damaged: no good record version
	EOF
	for what in fifo directory /dev/zero huge; do
		ETD_PASSED=$what run -0 timeout 5 etd-server -n
		[[ ${lines[0]} == "etd-server: warning: $what: "*': it will be replaced' ]]
		ETD_PASSED="own $what" run -0 timeout 5 etd-server -n
		[[ ${lines[0]} == "etd-server: warning: $what: "*': nobody in it is remembered until it can be read' ]]
	done
}

@test "etd-server -n warns of a file that could not be written, and of other servers' files that cannot be read" {
	ETD_PASSED='no-such-directory/passed.cdb othre.cdb' ETD_COUNTS=/no-such-directory/counts.cdb run -0 etd-server -n
	diff <(echo "$output") - <<-'EOF'
		etd-server: warning: ETD_PASSED: unable to write in the directory of no-such-directory/passed.cdb: No such file or directory
		etd-server: warning: othre.cdb: No such file or directory: nobody in it is remembered until it can be read
		etd-server: warning: ETD_COUNTS: unable to write in the directory of /no-such-directory/counts.cdb: No such file or directory
		etd-server: good
	EOF
	ETD_PASSED=passed.cdb ETD_COUNTS=./counts.cdb run -0 etd-server -n
	[ "$output" = 'etd-server: good' ]
}

@test "ETD_PASSED names at most eight files of other servers" {
	ETD_PASSED='own 1 2 3 4 5 6 7 8 9' run -100 etd-server -n
	[ "$output" = 'etd-server: fatal: ETD_PASSED: more than 8 files of other servers' ]
	ETD_PASSED='own 1 2 3 4 5 6 7 8 9' run -100 timeout 5 etd-server 127.0.0.1 0 true
	[ "$output" = 'etd-server: fatal: ETD_PASSED: more than 8 files of other servers' ]
	ETD_PASSED=' ' run -100 etd-server -n
	[ "$output" = 'etd-server: fatal: ETD_PASSED: names no file' ]
	ETD_PASSED='own 1 2 3 4 5 6 7 8' run -0 etd-server -n
}
