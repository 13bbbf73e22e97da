load lib

# site LINE ...: checkd on these lines of the file backends, and the server front with all that is up
site() {
	printf '%s\n' "$@" >backends
	start checkd checkd -v backends backends.cdb
	wait_for eval '[ "$(etd-status -j backends.cdb | jq .up)" -eq $(grep -c ":[0-9]" backends) ]'
	serve front env ETD_SYNC=off etd-connect -v backends.cdb
}

# drain [ OPTION ... ] NAME: as make in etd-conf's directory does it
drain() {
	local name=${*: -1}
	etd-drain "${@:1:$#-1}" backends backends.cdb "$name" sh -c 'kill -HUP "$(cat checkd.pid)"'
}

# open N: a session by the front on descriptor N, which is left open; line is its greeting
open() {
	eval "exec $1<>/dev/tcp/127.0.0.1/$(port front)"
	read -r -t 20 -u "$1" line
}
close() {
	printf 'QUIT\r\n' >&"$1"
	read -r -t 20 -u "$1" line
	eval "exec $1>&-"
}

@test "a drain lets sessions go on, sends no new ones, and says when the last has ended" {
	mail_server smtp1
	mail_server smtp2
	site '# both are in the cellar' "smtp1   127.0.0.1:$(port smtp1)  weight=2 inter=0.5" "smtp2	127.0.0.1:$(port smtp2)"
	cp backends before
	line=
	until [[ $line == '220 smtp1.example'* ]]; do open 5; [[ $line == '220 smtp1'* ]] || close 5; done
	until open 6; [[ $line == '220 smtp1.example'* ]]; do close 6; done
	export -f drain
	start drain bash -c 'exec 5>&- 6>&-; drain smtp1'
	has drain.out '^smtp1: sessions under way: 2$'
	diff backends - <<-END
		# both are in the cellar
		smtp1   127.0.0.1:$(port smtp1)  weight=2 inter=0.5 weight=0
		smtp2	127.0.0.1:$(port smtp2)
	END
	for _ in 1 2 3 4; do
		open 7
		[[ $line == '220 smtp2.example'* ]]
		close 7
	done
	printf 'HELO client.example\r\n' >&5
	read -r -t 20 -u 5 line
	[[ $line == 250* ]]
	close 5
	has drain.out '^smtp1: sessions under way: 1$'
	[ "$(count drain.out ended)" -eq 0 ]
	close 6
	has drain.out '^smtp1: the last session has ended$'
	[ ! -s drain.log ]
	run -0 drain -u smtp1
	[ "$output" = 'smtp1: it gets new clients again' ]
	cmp backends before
	[ "$(key slots)" = 3 ]
	[ "$(ls | grep -c 'backends\.drain')" -eq 0 ]
}

@test "the wait has an end, an interrupt ends it, and the drain stays" {
	mail_server smtp1
	mail_server smtp2
	site "smtp1 127.0.0.1:$(port smtp1)" "smtp2 127.0.0.1:$(port smtp2)"
	open 5
	name=${line#220 }
	name=${name%%.*}
	run -111 drain -w 1 "$name"
	[ "$output" = "$name: sessions under way: 1
etd-drain: fatal: $name: sessions under way after 1 seconds: 1; it stays drained" ]
	drain -u "$name"
	export -f drain
	start drain bash -c "exec 5>&-; drain $name"
	has drain.out 'under way: 1'
	kill -TERM -- "-$(cat drain.pid)"
	has drain.log "interrupted"
	[ "$(key slots)" = 1 ]
	close 5
}

@test "a name that is unknown or drained already, and a file that is bad, change nothing" {
	mail_server smtp1
	# refused MESSAGE ARGUMENT ...
	refused() {
		local message=$1
		shift
		cp backends before
		run -100 drain "$@"
		[ "${lines[-1]}" = "etd-drain: fatal: $message" ]
		cmp backends before
		[ ! -e backends.drain ]
	}
	site "smtp.1 127.0.0.1:$(port smtp1)" "smtp-1 127.0.0.1:$(port smtp1) weight=3 weight=0 backup" \
		'default weight=0' "x 127.0.0.1:$(port smtp1)"
	refused "smtp1: no such backend in $PWD/backends" smtp1
	refused 'default: no backend can have this name' default
	refused 'no backend is named' ''
	refused 'a b: no backend can have this name' 'a b'
	refused 'smtp-1 is drained already: its weight is 0' smtp-1
	refused 'x is drained already: its weight is 0' x
	refused 'smtp.1 is not drained: its weight is not 0' -u smtp.1
	refused "x: its weight=0 was not set by etd-drain: edit $PWD/backends" -u x
	run -0 drain -u smtp-1
	[ "$(sed -n 2p backends)" = "smtp-1 127.0.0.1:$(port smtp1) weight=3 backup" ]
	run -100 etd-drain no-such-backends backends.cdb smtp.1 true
	[ "$output" = "etd-drain: fatal: $PWD/no-such-backends: no such file" ]
	run -100 etd-drain backends no-such.cdb smtp.1 touch ran
	[ "$output" = 'etd-drain: fatal: no-such.cdb: no such file: nothing is changed' ]
	[ "$(sed -n 1p backends)" = "smtp.1 127.0.0.1:$(port smtp1)" ]
	[ ! -e ran ]
	echo 'smtp9 127.0.0.1:1 wieght=2' >>backends
	refused "$PWD/backends was bad before this change: nothing is changed" smtp.1
	touch backends.drain
	run -111 drain smtp.1
	[[ $output == *"unable to make $PWD/backends.drain: "* ]]
	for arguments in '' 'backends backends.cdb smtp1' '-x backends backends.cdb smtp1 true'; do
		# shellcheck disable=SC2086
		run -100 etd-drain $arguments
		[[ $output == 'etd-drain: usage: etd-drain [ -u ] '* ]]
	done
	run -100 etd-drain -w soon backends backends.cdb smtp1 true
	[ "$output" = 'etd-drain: fatal: -w soon: not a whole number of seconds' ]
}

@test "who drains the last one is told that clients still come, and a checkd that does not run is found" {
	mail_server smtp1
	site "smtp1 127.0.0.1:$(port smtp1)"
	run -0 drain smtp1
	[ "${lines[0]}" = 'etd-drain: warning: smtp1 still gets new clients: no other backend that has a weight is up' ]
	stop checkd
	run -111 etd-drain -u backends backends.cdb smtp1 true
	[ "$output" = "etd-drain: fatal: backends.cdb does not show the change to $PWD/backends after 10 seconds: is checkd running?" ]
	run -111 etd-drain backends backends.cdb smtp1 false
	[ "$output" = "etd-drain: fatal: false: failed: $PWD/backends is changed, but checkd has not read it" ]
}

@test "mode, owner and a link to the file stay" {
	mail_server smtp1
	mkdir real
	printf '%s\n' "a 127.0.0.1:$(port smtp1) no-check" "b 127.0.0.1:$(port smtp1) no-check" >real/backends
	chmod 640 real/backends
	chown nobody real/backends
	ln -s real/backends backends
	start checkd checkd -v backends backends.cdb
	wait_for key slots
	drain a
	[ -L backends ]
	[ "$(stat -c '%a %U' real/backends)" = '640 nobody' ]
	grep -q 'no-check weight=0' real/backends
}

# awks PROGRAM ...: each awk that there is, in turn, is awk for that program; sleep does not sleep
awks() {
	local awk
	mkdir -p bin
	ln -sf "$(type -P true)" bin/sleep
	for awk in mawk gawk busybox; do
		ln -sf "$(command -v $awk)" bin/awk
		PATH=$PWD/bin:$PATH "$@"
	done
}

# drained_alone [ -u ] NAME: etd-drain with nothing to wait for: checkd reads the file once
drained_alone() {
	[ -e backends.cdb ] || checkd -o -q backends backends.cdb
	run -0 etd-drain "${@:1:$#-1}" backends backends.cdb "${*: -1}" checkd -o -q backends backends.cdb
}

@test "names that look like equal numbers are different backends" {
	each() {
		for name in 01 1 1.0 10 1e1 0.1 0.10; do echo "$name 127.0.0.1:1 no-check"; done >backends
		cp backends before
		for name in 1 1.0 1e1 10 0.10 01 0.1; do
			drained_alone "$name"
			[ "${lines[-1]}" = "$name: the last session has ended" ]
			[ "$(grep 'weight=0$' backends)" = "$name 127.0.0.1:1 no-check weight=0" ]
			drained_alone -u "$name"
			cmp backends before
		done
		run -100 etd-drain backends backends.cdb 001 true
		[[ $output == *'001: no such backend'* ]]
	}
	awks each
}

# back_and_forth: each backend of the file is drained and put back; each byte of the file is as it was then
back_and_forth() {
	local name
	cp backends before
	for name in $(tr '\r\t' '  ' <backends | awk '$1 ~ /^b/ { print $1 }'); do
		drained_alone "$name"
		[ "$(wc -c <backends)" -eq $(($(wc -c <before) + 9)) ]
		[ "$(cdb -q backends.cdb "=$name" | grep -c ' weight=0 ')" -eq 1 ]
		drained_alone -u "$name"
		cmp backends before
	done
}

@test "a drain and its end leave each byte of the file as it was, whatever checkd accepts" {
	at='127.0.0.1:1 no-check'
	each() {
		for odd in "b1 $at" "b1 $at\r\n" "\t\r b1\t$at \t\r\r\nb2 $at weight=0 weight=3\r\r\n" \
			"# b1 comment weight=0\r\n\n\r\n#\ndefault weight=2\r\nb1 $at\t\ndefault weight=7 \n b2 $at  " \
			"b1 $at weight=3\rbackup\rweight=4\tinter=5 \n#\303\251\377 b1 weight=0\nb2 $at helo=weight=0\n" \
			"$(printf '#%04000d' 1)\nb1 $at$(printf '%1900s' '')weight=3$(printf '%1900s' '')\r\nb2 $at"; do
			# shellcheck disable=SC2059
			printf "$odd" >backends
			back_and_forth
		done
	}
	awks each
	seed=$RANDOM
	echo "seed $seed"
	PATH=$PWD/bin:$PATH	# busybox is awk
	for round in {1..8}; do
		# shellcheck disable=SC2016
		awk -v seed="$seed$round" -v at="$at" '
			function any(list,   n, of) { n = split(list, of, "|"); return of[int(rand() * n) + 1] }
			function blank() { return any(" |\t|\r|  |\t |\r\t ") }
			function blanks() { return any("|" blank()) }
			BEGIN {
				srand(seed)
				for (i = 1; i <= 4; i++) {
					printf "%s%s\n", blanks(), any("|# x|default" blank() "weight=" any("1|3|256") blanks())
					printf "%sb%d%s127.0.0.1:1%sno-check", blanks(), i, blank(), blank()
					for (j = int(rand() * 4); j > 0; j--)
						printf "%s%s", blank(), any("weight=0 weight=5|weight=2|backup|inter=7|weight=007")
					printf "%s%s", blanks(), i < 4 ? "\n" : any("|\n")
				}
			}' >backends
		back_and_forth
	done
}

@test "options are looked at first, and their numbers are decimal" {
	echo 'a 127.0.0.1:1 no-check' >backends
	cp backends before
	for wait in 08x '' 0x10 -1 1.5 12345678; do
		run -100 etd-drain -w "$wait" backends backends.cdb a true
		[ "$output" = "etd-drain: fatal: -w $wait: not a whole number of seconds" ]
		cmp backends before
	done
	checkd -o -q backends backends.cdb
	run -0 etd-drain -w 08 backends backends.cdb a checkd -o -q backends backends.cdb
	serve backend cat
	echo "a 127.0.0.1:$(port backend) no-check" >backends
	exec 5<>"/dev/tcp/127.0.0.1/$(port backend)"
	run -111 etd-drain -w 01 backends backends.cdb a checkd -o -q backends backends.cdb
	[ "${lines[-1]}" = 'etd-drain: fatal: a: sessions under way after 1 seconds: 1; it stays drained' ]
	exec 5>&-
}

@test "a probe that the backend is slow to close is no session" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	serve slow sh -c 'echo 220; read -r line; echo 250; read -r line; echo 221; exec sleep 6'
	echo "slow 127.0.0.1:$(port slow) inter=1" >backends
	start checkd checkd backends backends.cdb
	wait_for eval '[ "$(ss -Htn state fin-wait-2 dst "127.0.0.1:$(port slow)" | wc -l)" -ge 1 ]'
	run -0 drain -w 10 slow
	[ "${lines[-1]}" = 'slow: the last session has ended' ]
	[ "$(grep -c 'under way' <<<"$output")" -eq 0 ]
}

# still_waits BACKENDS: a client waits for the first of three, which is silent; the second is drained; then
# the first closes
still_waits() {
	rm -f go backends.cdb
	serve silent sh -c 'until [ -e go ]; do sleep 0.1; done'
	for name in silent b c; do echo "$name 127.0.0.1:$(port $name) no-check $1"; done >backends
	checkd -o -q backends backends.cdb
	chmod 644 backends.cdb
	start client sh -c "socat -t 20 -u TCP:127.0.0.1:$(port front) -"
	has silent.log 'tcpserver: status: 1/'
	drained_alone b
	[ "${lines[-1]}" = 'b: the last session has ended' ]
	touch go
	has client.out '^220 c.example'
	[ "$(count front.log 'failed .* backend=silent')" -eq 1 ]
	[ "$(count b.log ok)" -eq 0 ]
	stop silent
	stop client
}

@test "once the last session has ended no client comes any more that waited for another backend" {
	mail_server b
	mail_server c
	serve front env ETD_BALANCE=first etd-connect -v backends.cdb
	still_waits ''
}

@test "the same where etd-connect makes its sockets beforehand and then switches to an account" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	for_all etd-connect
	mail_server b
	mail_server c
	serve front env ETD_BALANCE=first UID=65534 GID=65534 etd-connect -v backends.cdb
	still_waits source=client
}
