# lib.bash: how the benchmarks start what they measure, and measure it.
# shellcheck shell=bash

# prepare NAME: a directory, $tmp, and what is ended with the benchmark: the process groups
# $group, of what is measured, and $sink, of what stands behind it
prepare() {
	bench=$1 group='' sink='' last_port=20024
	tmp=$(mktemp -d "${TMPDIR:-/tmp}/etd-bench.XXXXXX")
	trap end EXIT
	trap 'exit 1' INT TERM HUP
	ulimit -S -n 20000
	export ETD_ROOT=yes	# etd-connect runs as whoever runs this
}

end() {
	[ -z "$group" ] || kill -KILL -- "-$group" 2>/dev/null || :
	[ -z "$sink" ] || kill -KILL -- "-$sink" 2>/dev/null || :
	rm -rf "$tmp"
}

fatal() {
	echo "$bench bench: fatal: $*" >&2
	cat "$tmp/log" >&2
	exit 111
}

# Sets port: another one for each start, since connections that have ended keep theirs for a while.
free_port() {
	last_port=$((last_port + 1))
	while (exec 3<>"/dev/tcp/127.0.0.1/$last_port") 2>/dev/null; do last_port=$((last_port + 1)); done
	port=$last_port
}

# start COMMAND ...: as $group
start() {
	pgrphack "$@" >"$tmp/log" 2>&1 &
	group=$!
	disown
}

# under_tcpserver PROGRAM ...
under_tcpserver() { start tcpserver -HRl0 -b 1000 -c $((held + 100)) 127.0.0.1 "$port" "$@"; }

# await NAME: until it takes clients
await() {
	for _ in {1..200}; do
		if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
		sleep 0.05
	done
	fatal "$1 does not start"
}

# members GROUP: its processes, and those that its first one has put elsewhere, as Postfix's master does
members() {
	{ pgrep -g "$1"; pgrep -P "$1"; } | sort -u
}

# stop GROUP
stop() {
	local all
	mapfile -t all < <(members "$1")
	kill -TERM "${all[@]}" 2>/dev/null || :
	sleep 0.2
	kill -KILL "${all[@]}" 2>/dev/null || :
	kill -KILL -- "-$1" 2>/dev/null || :
	while kill -0 -- "-$1" 2>/dev/null; do sleep 0.05; done
}

finish() {
	[ -z "$group" ] || stop "$group"
	[ -z "$sink" ] || stop "$sink"
	group='' sink=''
}

# begin_sink: as $sink, on $sink_port
begin_sink() {
	: >"$tmp/sink.port"
	pgrphack "$tmp/sink" >"$tmp/sink.port" &
	sink=$!
	disown
	until [ -s "$tmp/sink.port" ]; do sleep 0.05; done
	sink_port=$(cat "$tmp/sink.port")
}

# sink_backends: $tmp/backends.cdb as checkd would write it, with the sink alone
sink_backends() {
	printf '%s\n' 'version 1' 'slots 1' "0 sink 127.0.0.1 $sink_port" | cdb -c -m "$tmp/backends.cdb" -
	head -c 8 /dev/zero >"$tmp/backends.cdb.turn"
}

# What refuses early talkers in the configuration of the article that began this
early_talk='tcp-request inspect-delay 300s
  acl content_present req_len gt 0
  tcp-request content reject if content_present'

# haproxy_begin SERVER-PORT [ GLOBAL [ DEFAULTS [ FRONTEND ]]]: the article's configuration, but for
# its addresses, its checks and its log, with these lines. For maxconn it wants twice as many
# descriptors as for the clients alone, and would not start without: hence strict-limits.
haproxy_begin() {
	cat >"$tmp/haproxy.cfg" <<-EOF
		global
		  maxconn $((held + 1000))
		  no strict-limits
		  ${2-}
		defaults
		  timeout client 300s
		  timeout server 300s
		  timeout connect 5s
		  ${3-}
		frontend ft_smtp
		  mode tcp
		  bind 127.0.0.1:$port
		  option tcplog
		  ${4-}
		  default_backend bk_smtp
		backend bk_smtp
		  mode tcp
		  balance roundrobin
		  option tcplog
		  server smtp1 127.0.0.1:$1
	EOF
	start haproxy -db -f "$tmp/haproxy.cfg"
}

postscreen_config() {
	mkdir -p "$tmp/postfix/queue" "$tmp/postfix/data"
	chmod 755 "$tmp" "$tmp/postfix"
	chown postfix "$tmp/postfix/data"
	cat >"$tmp/postfix/main.cf" <<-EOF
		compatibility_level = 3.6
		queue_directory = $tmp/postfix/queue
		data_directory = $tmp/postfix/data
		maillog_file = $tmp/postfix/log
		maillog_file_prefixes = $tmp
		inet_interfaces = 127.0.0.1
		myhostname = bench.example
		postscreen_access_list =
		postscreen_greet_wait = 300s
		postscreen_greet_action = drop
		postscreen_client_connection_count_limit = 20000
		postscreen_pre_queue_limit = 20000
		default_process_limit = 20000
	EOF
	cat >"$tmp/postfix/master.cf" <<-EOF
		127.0.0.1:$port inet n - n - 1 postscreen
		smtpd   pass  - - n - - smtpd
		postlog unix-dgram n - n - 1 postlogd
		anvil   unix  - - n - 1 anvil
		tlsmgr  unix  - - n 1000? 1 tlsmgr
		dnsblog unix  - - n - 0 dnsblog
	EOF
}

# It makes a session of its own.
postscreen_begin() {
	postscreen_config
	postfix -c "$tmp/postfix" start >"$tmp/log" 2>&1
	until group=$(tr -d ' ' <"$tmp/postfix/queue/pid/master.pid") && [ -n "$group" ]; do sleep 0.05; done
}

# hold TOOL [ OPTION ]: connects $held clients, with its option -h, that keep silent until let_go
hold() {
	: >"$tmp/held"
	exec {keep}> >("$tmp/$1" -h ${2+"$2"} "$port" "$held" >"$tmp/held")
	holder=$!
	until [ -s "$tmp/held" ]; do
		kill -0 "$holder" 2>/dev/null || fatal "$held clients cannot be held"
		sleep 0.05
	done
}

let_go() {
	exec {keep}>&-
	wait "$holder"
}

# ticks GROUP: user and system time so far of its members and what they waited for
ticks() {
	cat /proc/[0-9]*/stat 2>/dev/null |
		sed 's/.*) //' | awk -v g="$1" '$2 == g || $3 == g { t += $12 + $13 + $14 + $15 } END { print t + 0 }'
}

# descriptors GROUP: how many its members have
descriptors() { members "$1" | sed 's,.*,ls /proc/&/fd,' | sh 2>/dev/null | wc -l; }

# nanoseconds GROUP: the same of those threads that run, where a tick is too coarse
nanoseconds() {
	members "$1" | sed 's,.*,cat /proc/&/task/*/schedstat,' | sh 2>/dev/null | awk '{ t += $1 } END { printf "%.0f\n", t }'
}

# What the whole system has in use, in kB, once the kernel has freed what ended before; on a
# busy machine that is not waited for in vain. Pages on the processors' own lists are free too:
# after bulk that is some 100 MB.
used() {
	local last=0 now page
	page=$(($(getconf PAGESIZE) / 1024))
	for _ in {1..20}; do
		if [ -w /proc/sys/vm/drop_caches ]; then echo 3 >/proc/sys/vm/drop_caches; fi
		now=$(awk -v page=$page '
			/^MemTotal/ { m = $2 }
			/^(MemFree|Buffers|Cached|SReclaimable):/ { m -= $2 }
			$1 == "count:" { m -= page * $2 }
			END { print m }' /proc/meminfo /proc/zoneinfo)
		if [ $((now - last)) -lt 400 ] && [ $((last - now)) -lt 400 ]; then break; fi
		last=$now
		sleep 0.5
	done
	echo "$now"
}

# versions PACKAGE ...: what this is measured against, as far as it is installed
versions() { dpkg-query -W -f 'against ${Package} ${Version}\n' "$@" 2>/dev/null || :; }

# median FILE CONTENDER FIELD: nothing for a contender that is not there
median() {
	awk -v c="$2" -v f="$3" '$1 == c { print $f }' "$1" | sort -n |
		awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}
