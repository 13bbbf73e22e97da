load lib

# What etd-status shows of what etd-server has counted.

# counts: counts.cdb of a real etd-server, which two early talkers, one that passed and one that was
# exempt have come to
counts() {
	printf '%s\n' '127.0.0.2:allow,RELAYCLIENT=""' ':allow' | tcprules rules.cdb rules.tmp
	start_server front env ETD_COUNTS=counts.cdb ETD_HELD=50 ETD_DELAY=1.5 \
		etd-server -1H -x rules.cdb 127.0.0.1 0 echo 220
	talk front <<<'EHLO x'
	printf '\x16\x03\x01' | talk front
	listen front
	socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	kill -TERM "$(cat front.pid)"
	wait_for eval '! kill -0 "$(cat front.pid)"'
}

# edit KEY VALUE: what etd-server would not have written
edit() {
	cdb -d -m counts.cdb | sed "s/^$1 .*/$1 $2/" | cdb -c -m edited.cdb -
	mv edited.cdb counts.cdb
}

@test "-s: a table of how clients ended, by class and kind" {
	counts
	run -0 etd-status -s counts.cdb
	[[ ${lines[0]} =~ ^'counts.cdb: written '[0-9]+' s ago; started '[0-9]+' s before that; last client '[0-9]+' s before'$ ]]
	[ "${lines[1]}" = '0 of 50 held, 0 of them wait for a program; 0 of 40 programs; 4 accepted' ]
	[[ $output =~ $'\n'ended\ +named\ +dynamic\ +nordns\ +unknown\ +all$'\n' ]]
	[[ $output =~ $'\n'pass\ +0\ +0\ +1\ +0\ +1$'\n' ]]
	[[ $output =~ $'\n'exempt\ +0\ +0\ +1\ +0\ +1$'\n' ]]
	[[ $output =~ $'\n'early\ +0\ +0\ +2\ +0\ +2$'\n' ]]
	[[ $output =~ $'\n'smtp\ +0\ +0\ +1\ +0\ +1$'\n' ]]
	[[ $output =~ $'\n'tls\ +0\ +0\ +1\ +0\ +1$'\n' ]]
	[[ $output =~ $'\n''<= 1 '\ +0\ %\ +[0-9]+\ %$'\n' ]]
	[[ $output =~ $'\n''<= 60 '\ +100\ %\ +100\ % ]]
	[[ $output != *hangup* ]]
	pool 'default timeout=1' 'a 127.0.0.1:1' || :
	run -0 etd-status -s counts.cdb backends.cdb
	[[ $output == 'backends.cdb: written '*'counts.cdb: written '* ]]
}

@test "-s -j: the same as JSON, beside the backends" {
	counts
	run -0 etd-status -s counts.cdb -j
	[ "$(jq -c '.server | [.accepted, .held, .held_max, .programs_max, .old, .ended.early.nordns, .early.nordns.tls, .wait.early.count, .wait.pass.most["1"], .wait.pass.most["60"]]' <<<"$output")" = \
		'[4,0,50,40,false,2,1,2,0,1]' ]
	pool 'default timeout=1' 'a 127.0.0.1:1' || :
	run -0 etd-status -s counts.cdb -j backends.cdb
	[ "$(jq -c '[.backends[0].name, .server.accepted]' <<<"$output")" = '["a",4]' ]
}

@test "-s -p: promtool finds no fault, and a real Prometheus scrapes it" {
	counts
	pool 'default timeout=1' 'a 127.0.0.1:1' || :
	etd-status -s counts.cdb -p backends.cdb >metrics
	run -0 promtool check metrics <metrics
	[ -z "$output" ]
	for metric in $(grep -ohE '^etd_[a-z_]+' metrics | sort -u); do grep -q "${metric%_bucket}" "$top/man/etd-status.8"; done
	# The request is read first: a server that closes before that resets.
	serve scraped sh -c 'while read -r line && [ ${#line} -gt 1 ]; do :; done; printf "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n"; cat metrics'
	free_port prometheus
	printf '%s\n' 'global: { scrape_interval: 1s }' "scrape_configs: [ { job_name: etd, static_configs: [ { targets: [ '127.0.0.1:$(port scraped)' ] } ] } ]" >prometheus.yml
	start prometheus prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address="127.0.0.1:$(port prometheus)"
	# value QUERY: what Prometheus answers
	value() {
		printf 'GET /api/v1/query?query=%s HTTP/1.0\r\n\r\n' "$1" | socat -t 10 - "TCP:127.0.0.1:$(port prometheus)" |
			tail -n 1 | jq -r '.data.result[0].value[1]'
	}
	wait_for eval '[ "$(value etd_server_accepted_total)" = 4 ]'
	# All of a scrape is not there at the same moment.
	shows() { wait_for eval "[ \"\$(value '$1')\" = '$2' ]"; }
	shows 'etd_server_ended_total%7Bend%3D%22early%22,class%3D%22nordns%22%7D' 2
	shows 'etd_server_wait_seconds_bucket%7Bend%3D%22pass%22,le%3D~%221(.0)?%22%7D' 0
	shows 'etd_server_wait_seconds_bucket%7Bend%3D%22pass%22,le%3D%22%2BInf%22%7D' 1
	shows 'histogram_quantile(0.5,etd_server_wait_seconds_bucket%7Bend%3D%22early%22%7D)%3E%3D0' 0.05
	shows etd_backend_up 0
}

@test "-s -n: warns when nearly all are held that may be, or nobody comes, and of an old file" {
	counts
	run -0 etd-status -s counts.cdb -n
	[[ $output == 'ETD OK - 0 of 50 held | held=0;45;49;0;50 waiting=0 programs=0;;;0;40 accepted=4c counts_age='* ]]
	edit held 46
	run -1 etd-status -s counts.cdb -n
	[[ $output == 'ETD WARNING - 46 of 50 held | '* ]]
	edit held 50
	run -2 etd-status -s counts.cdb -n
	[[ $output == 'ETD CRITICAL - 50 of 50 held: others wait in the backlog | '* ]]
	edit held 0
	edit last_accept "$(($(cdb -q counts.cdb written) - 600))"
	run -0 etd-status -s counts.cdb -n -a 601
	run -1 etd-status -s counts.cdb -n -a 600
	[[ $output == 'ETD WARNING - 0 of 50 held, no client for 600 s | '* ]]
	edit written "$(($(date +%s) - 65))"
	run -2 etd-status -s counts.cdb -n
	[[ $output =~ ^'ETD CRITICAL - 0 of 50 held, not written for '6[5-9]' s: is etd-server running? | ' ]]
	# The worse of both decides.
	mail_server b
	pool "b 127.0.0.1:$(port b)"
	run -2 etd-status -s counts.cdb -n backends.cdb
	[[ $output == 'ETD CRITICAL - 1 of 1 up; 0 of 50 held, not written for '*' | up=1;;;0;1 age='*' held=0;'* ]]
	edit written "$(date +%s)"
	pool 'b 127.0.0.1:1' || :
	run -2 etd-status -s counts.cdb -n backends.cdb
	[[ $output == 'ETD CRITICAL - 0 of 1 up, b down; 0 of 50 held | '* ]]
}

@test "-s: a file that is missing, noise, or of another version is one line, and 111 or 3" {
	unreadable() {
		run -111 etd-status -s counts.cdb
		[ "$output" = "etd-status: fatal: $1" ]
		run -3 etd-status -s counts.cdb -n
		[ "$output" = "ETD UNKNOWN - $1" ]
	}
	unreadable 'unable to open counts.cdb: No such file or directory'
	echo noise >counts.cdb
	unreadable 'counts.cdb: damaged: not a cdb'
	printf '%s\n' 'server 1' 'written 1' | cdb -c -m counts.cdb -
	unreadable 'counts.cdb: damaged: no good record started'
	printf '%s\n' 'server 2' | cdb -c -m counts.cdb -
	unreadable 'counts.cdb: version 2, not 1'
	printf '%s\n' 'version 1' | cdb -c -m counts.cdb -
	unreadable 'counts.cdb: damaged: no good record server'
	for arguments in '-a 5 -s counts.cdb' '-n -a 5 backends.cdb' '-n -a 0 -s counts.cdb' '-n -f h:1 -s counts.cdb'; do
		# shellcheck disable=SC2086
		run -100 etd-status $arguments
	done
}

@test "the dashboard for Grafana asks for metrics that exist, and for nothing else" {
	counts
	pool 'default timeout=1' 'a 127.0.0.1:1' || :
	etd-status -s counts.cdb -p backends.cdb | grep -oE '^etd_[a-z_]+' | sort -u >there
	jq -r '.panels[].targets[].expr' "$top/grafana/etd.json" >asked
	[ "$(wc -l <asked)" -ge 15 ]
	for metric in $(grep -ohE 'etd_[a-z_]+' asked | sort -u); do grep -qx "$metric" there; done
	jq -e '[.panels[].gridPos | select(.x + .w > 24)] == []' "$top/grafana/etd.json"
	jq -e '[.panels[].id] | length == (unique | length)' "$top/grafana/etd.json"
}
