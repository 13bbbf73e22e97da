load lib

# backends_of LINE ...: backends.cdb for these backends, of which none need be up
backends_of() { pool 'default timeout=1' "$@" || :; }

# edit KEY VALUE: what checkd would never write
edit() {
	cdb -d -m backends.cdb | sed "s/^$1 .*/$1 $2/" | cdb -c -m edited.cdb -
	mv edited.cdb backends.cdb
}

# four: one up, one down, one disabled, one up but drained
four() {
	mail_server smtp1
	backends_of "smtp1 127.0.0.1:$(port smtp1) weight=2" 'smtp2 127.0.0.1:1' \
		'smtp3 10.0.0.3:25 disabled' "smtp4 localhost:$(port smtp1) weight=0 source=127.0.0.1"
}

@test "the table has a line for each backend, in the source's order" {
	four
	run -0 etd-status backends.cdb
	[[ ${lines[0]} =~ ^'backends.cdb: written '[0-9]' s ago; 2 of 3 up, 1 disabled'$ ]]
	[[ ${lines[1]} =~ ^'name   address          state             for  weight  share  last'$ ]]
	[[ ${lines[2]} =~ ^smtp1\ +127.0.0.1:$(port smtp1)\ +up\ +[0-9]\ s\ +2\ +100\ %\ \ 250\  ]]
	[[ ${lines[3]} =~ ^smtp2\ +127.0.0.1:1\ +down\ +[0-9]\ s\ +1\ +0\ %\ \ Connection\ refused$ ]]
	[[ ${lines[4]} =~ ^smtp3\ +10.0.0.3:25\ +disabled\ +[0-9]\ s\ +1\ +0\ %\ *$ ]]
	[[ ${lines[5]} =~ ^smtp4\ +127.0.0.1:$(port smtp1)\ +up\ +[0-9]\ s\ +0\ +0\ %\ \ 250\  ]]
	[ ${#lines[@]} -eq 6 ]
}

@test "the table says how long it has been so, in units that fit" {
	backends_of 'a 127.0.0.1:1 no-check'
	for age in '59:59 s' '60:1 min' '3600:1 h 0 min' '90061:1 d 1 h'; do
		edit =a "state=up addr=127.0.0.1:1 since=$(($(date +%s) - ${age%%:*})) weight=1 passes=0 failures=0 last=\"\""
		run -0 etd-status backends.cdb
		[[ ${lines[2]} == *"  ${age#*:}  "* || ${age%%:*} -eq 59 && ${lines[2]} == *"  1 min  "* ]]
	done
}

@test "the share is that of new connections: by weight, a backup's if no other is up" {
	mail_server a
	backends_of "a 127.0.0.1:$(port a) weight=3" "b 127.0.0.1:$(port a)" "c 127.0.0.1:$(port a) backup"
	run -0 etd-status -j backends.cdb
	echo "$output" | jq -e '[.backends[].share] == [0.75, 0.25, 0]'
	backends_of 'a 127.0.0.1:1' "c 127.0.0.1:$(port a) backup"
	run -0 etd-status -j backends.cdb
	echo "$output" | jq -e '[.backends[].share] == [0, 1]'
	backends_of 'a 127.0.0.1:1' 'b 127.0.0.1:2'
	run -0 etd-status backends.cdb
	[[ ${lines[0]} == *'; 0 of 2 up: all of them are tried' ]]
	[[ ${lines[2]} == *' 50 % '* ]]
}

@test "-j is JSON, with all that the file says" {
	four
	run -0 etd-status -j backends.cdb
	echo "$output" | jq -e . >/dev/null
	[ "$(echo "$output" | jq -c 'del(.written, .age, .backends[].since, .backends[].last) | .backends[].share += 0')" = \
		"$(jq -c -n --arg a "127.0.0.1:$(port smtp1)" --arg h "localhost:$(port smtp1)" '{ old: false, up: 2, disabled: 1, slots: 1, backends: [
			{ name: "smtp1", state: "up", address: $a, host: null, weight: 2, share: 1, passes: 1, failures: 0, pipeconnect: false },
			{ name: "smtp2", state: "down", address: "127.0.0.1:1", host: null, weight: 1, share: 0, passes: 0, failures: 1, pipeconnect: false },
			{ name: "smtp3", state: "disabled", address: "10.0.0.3:25", host: null, weight: 1, share: 0, passes: 0, failures: 0, pipeconnect: false },
			{ name: "smtp4", state: "up", address: $a, host: $h, weight: 0, share: 0, passes: 1, failures: 0, pipeconnect: false } ] }')" ]
	[ "$(echo "$output" | jq .written)" = "$(key written)" ]
	[ "$(echo "$output" | jq '.backends[0].since <= .written and .age < 60')" = true ]
	[ "$(echo "$output" | jq -r '.backends[1].last')" = 'Connection refused' ]
}

@test "whatever a backend says, the JSON is JSON and the metrics are metrics" {
	serve odd sh -c 'printf "%s\r\n" "421 \"quoted\" back\\slash $(printf "tab\there \001\377")"; cat >/dev/null'
	backends_of "odd 127.0.0.1:$(port odd)"
	run -0 etd-status -j backends.cdb
	[ "$(echo "$output" | jq -r '.backends[0].last')" = '421 \"quoted\" back\\slash tab\there \x01\xff' ]
	etd-status -p backends.cdb | promtool check metrics
}

@test "-p passes promtool, and has a line for each backend and each metric" {
	four
	etd-status -p backends.cdb >metrics
	run -0 promtool check metrics <metrics
	[ -z "$output" ]
	grep -qFx "etd_backend_up{backend=\"smtp1\",address=\"127.0.0.1:$(port smtp1)\"} 1" metrics
	grep -qFx 'etd_backend_up{backend="smtp2",address="127.0.0.1:1"} 0' metrics
	grep -qFx 'etd_backend_disabled{backend="smtp3",address="10.0.0.3:25"} 1' metrics
	grep -qFx 'etd_backend_failures{backend="smtp2",address="127.0.0.1:1"} 1' metrics
	grep -qFx "etd_backend_share_ratio{backend=\"smtp4\",address=\"127.0.0.1:$(port smtp1)\"} 0" metrics
	grep -qFx "etd_written_timestamp_seconds $(key written)" metrics
	[ "$(grep -vc '^#' metrics)" -eq 29 ]
	# What the manual says there is
	for metric in $(grep -ohE 'etd_[a-z_]+' metrics | sort -u); do grep -q "$metric" "$top/man/etd-status.8"; done
}

@test "-n: 0 if all are up, 1 if some are not, 2 if none is" {
	mail_server a
	backends_of "a 127.0.0.1:$(port a)" 'off 10.0.0.3:25 disabled'
	run -0 etd-status -n backends.cdb
	[[ $output =~ ^'ETD OK - 1 of 1 up | up=1;;;0;1 age='[0-9]'s;;120;0'$ ]]
	backends_of "a 127.0.0.1:$(port a)" 'b 127.0.0.1:1'
	run -1 etd-status -n backends.cdb
	[[ $output =~ ^'ETD WARNING - 1 of 2 up, b down | up=1;;;0;2 age='[0-9]'s;;120;0'$ ]]
	backends_of 'b 127.0.0.1:1'
	run -2 etd-status -n backends.cdb
	[[ $output == 'ETD CRITICAL - 0 of 1 up, b down | '* ]]
}

@test "-n: 2 if the file is older than 2 minutes, and all say so" {
	mail_server a
	backends_of "a 127.0.0.1:$(port a)"
	edit written $(($(date +%s) - 115))
	run -0 etd-status -n backends.cdb
	edit written $(($(date +%s) - 121))
	run -2 etd-status -n backends.cdb
	[[ $output =~ ^'ETD CRITICAL - 1 of 1 up, not written for 12'[0-9]' s: is checkd running? | '.*' age=12'[0-9]'s;;120;0'$ ]]
	run -0 etd-status backends.cdb
	[[ ${lines[0]} == 'backends.cdb: written 2 min ago (is checkd running?); 1 of 1 up' ]]
	run -0 etd-status -j backends.cdb
	[ "$(echo "$output" | jq .old)" = true ]
}

@test "-n: 1 if what is up is drained, 2 if none is listed or the time is far ahead, and the table says so" {
	mail_server a
	backends_of "a 127.0.0.1:$(port a) weight=0" 'b 127.0.0.1:1'
	run -1 etd-status -n backends.cdb	# checkd lists both
	[[ $output == 'ETD WARNING - 1 of 2 up, b down | '* ]]
	backends_of "a 127.0.0.1:$(port a)"
	edit written $(($(date +%s) + 1000))
	run -2 etd-status -n backends.cdb
	[[ $output =~ ^'ETD CRITICAL - 1 of 1 up, dated '(999|1000)' s in the future: is a clock wrong? | ' ]]
	run -0 etd-status backends.cdb
	[[ ${lines[0]} == 'backends.cdb: written 16 min ahead of now (is checkd running?); 1 of 1 up' ]]
	backends_of 'a 127.0.0.1:1 disabled'
	run -2 etd-status -n backends.cdb
	[[ $output == 'ETD CRITICAL - 0 of 0 up, none listed: clients are told 421 | '* ]]
	run -0 etd-status backends.cdb
	[[ ${lines[0]} == *'none is listed, clients are told 421' ]]
}

@test "a file that is missing, no cdb, cut short or of another version: one line, and 111 or 3" {
	# unreadable WHY
	unreadable() {
		run -111 etd-status backends.cdb
		[ "$output" = "etd-status: fatal: $1" ]
		run -3 etd-status -n backends.cdb
		[ "$output" = "ETD UNKNOWN - $1" ]
	}
	unreadable 'unable to open backends.cdb: No such file or directory'
	: >backends.cdb
	unreadable 'backends.cdb: damaged: no good record version'
	seq 1 1000 >backends.cdb
	unreadable 'backends.cdb: damaged: no good record version'
	backends_of 'a 127.0.0.1:1'
	cp backends.cdb good.cdb
	edit version 2
	unreadable 'backends.cdb: version 2, not 1'
	cp good.cdb backends.cdb
	edit slots many
	unreadable 'backends.cdb: damaged: no good record slots'
	cp good.cdb backends.cdb
	edit slots 2
	unreadable 'backends.cdb: damaged: no good record 1'
	cp good.cdb backends.cdb
	edit =a 'state=well'
	unreadable 'backends.cdb: damaged: no good record =a'
	cp good.cdb backends.cdb
	edit =a $'state=up addr=127.0.0.1:1 since=1 weight=1 passes=0 failures=0 last="\177"'
	unreadable 'backends.cdb: damaged: no good record =a'
	{ cdb -d -m good.cdb; cdb -d -m good.cdb | grep '^=a '; } | cdb -c -m backends.cdb -
	unreadable 'backends.cdb: damaged: no good record =a'
	for number in 1000000000000 99999999999999999999999 -1 1x ''; do
		cp good.cdb backends.cdb
		edit written "$number"
		unreadable 'backends.cdb: damaged: no good record written'
	done
	head -c 2100 good.cdb >backends.cdb
	run -111 etd-status backends.cdb
	[[ $output == 'etd-status: fatal: backends.cdb: damaged: '* ]]
}

@test "etd-status: bad usage" {
	for arguments in '' '-x backends.cdb' '-jp backends.cdb' 'backends.cdb backends.cdb' '-n'; do
		# shellcheck disable=SC2086
		run -100 etd-status $arguments
		[ "$output" = 'etd-status: usage: etd-status [ -jnp ] [ -a seconds ] [ -s counts.cdb ] [ backends.cdb ] | -n -f host:port [ -P version [ -c client ] ] [ -w seconds ]' ]
	done
}

@test "etd-status says that it cannot write; with -n that is 3, unknown, whatever it looked at" {
	local full='etd-status: fatal: unable to write: No space left on device'
	backends_of 'a 127.0.0.1:1'
	run -111 sh -c 'etd-status backends.cdb >/dev/full'
	[ "$output" = "$full" ]
	run -3 sh -c 'etd-status -n backends.cdb >/dev/full'
	[ "$output" = "$full" ]
	run -3 sh -c 'etd-status -n missing >/dev/full'
	[ "$output" = "$full" ]
	mkfifo pipe
	exec 5<>pipe 6>pipe 5<&-	# nobody reads it
	run -3 sh -c 'etd-status -n backends.cdb >&6'
	exec 6>&-
	[ "$output" = 'etd-status: fatal: unable to write: Broken pipe' ]
	run -3 sh -c 'etd-status -n -f 127.0.0.1:1 >/dev/full'
	[ "$output" = "$full" ]
}

@test "etd-status.8: the examples" {
	four
	mkdir -p node-exporter
	manual_example etd-status.8 node-exporter |
		sed "s,/var/lib/prometheus/node-exporter,$PWD/node-exporter,; s,/etc/etd/state/,$PWD/," | sh -eu
	promtool check metrics <node-exporter/etd.prom
	[ "$(manual_example etd-status.8 jq | sh)" = smtp2 ]
}
