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
