# site.bash: a whole mail site below one directory, under daemontools: two SMTP servers that
# store what they accept (Postfix's smtp-sink), checkd, and two fronts: tcpserver with etd-delay, and
# etd-server, both with etd-connect.
# For t/run, t/demo and the tests.
# shellcheck shell=bash

# site_free_port FROM: the first port of 127.0.0.1 from FROM on that nothing listens on
site_free_port() {
	local port=$1
	while site_answers "$port"; do port=$((port + 1)); done
	echo "$port"
}

# site_service NAME <run-script: one service with its log
site_service() {
	mkdir -p "$site/service/$1/log" "$site/service/$1/env"
	cat >"$site/service/$1/run"
	printf '#!/bin/sh\nexec multilog t s1000000 ./main\n' >"$site/service/$1/log/run"
	chmod +x "$site/service/$1/run" "$site/service/$1/log/run"
}

# site_make DIR: lays it out there; sets site, front_port, server_port, smtp1_port and smtp2_port
site_make() {
	local name port as_root=
	[ "$(id -u)" -ne 0 ] || as_root='-u root'
	site=$1
	front_port=$(site_free_port 2525)
	server_port=$(site_free_port $((front_port + 1)))
	smtp1_port=$(site_free_port $((server_port + 1)))
	smtp2_port=$(site_free_port $((smtp1_port + 1)))

	for name in smtp1 smtp2; do
		port=${name}_port
		mkdir -p "$site/mail/$name/new"
		site_service $name <<-EOF
			#!/bin/sh
			exec 2>&1
			cd ../../mail/$name
			exec smtp-sink -v $as_root -h $name.example -d new/%s. 127.0.0.1:${!port} 400
		EOF
	done

	cat >"$site/backends" <<-EOF
		# name   address          options
		default                   helo=front.example inter=1.5 rise=2 fall=3
		smtp1    127.0.0.1:$smtp1_port
		smtp2    127.0.0.1:$smtp2_port
	EOF
	site_service checkd <<-'EOF'
		#!/bin/sh
		exec 2>&1
		exec envdir ./env checkd -v ../../backends ../../backends.cdb
	EOF
	touch "$site/service/checkd/down"
	site_service front <<-EOF
		#!/bin/sh
		exec 2>&1
		exec envdir ./env tcpserver -v -RHl front.example -c 400 127.0.0.1 $front_port \\
			etd-delay -v etd-connect -v ../../backends.cdb
	EOF
	site_service server <<-EOF
		#!/bin/sh
		exec 2>&1
		exec envdir ./env etd-server -v -Hl front.example -c 400 127.0.0.1 $server_port \\
			etd-connect -v ../../backends.cdb
	EOF
	for name in front server; do
		echo 2 >"$site/service/$name/env/ETD_DELAY"
		echo yes >"$site/service/$name/env/ETD_ROOT"	# it runs as whoever starts the site
	done
}

# The keeper ends the site when its standard input ends, and that is when the shell that
# called site_start is gone, whichever way it went.
site_keeper() {
	local group tries=0
	ASAN_OPTIONS=detect_leaks=0 pgrphack svscan "$site/service" </dev/null >"$site/svscan.log" 2>&1 &
	group=$!
	trap : INT HUP TERM
	while read -r _; do :; done
	kill -TERM -- "-$group"
	while kill -0 -- "-$group" 2>/dev/null; do
		[ $((tries += 1)) -lt 50 ] || kill -KILL -- "-$group"
		[ $tries -lt 100 ] || break	# what is left is dead, and its parent does not look
		sleep 0.1
	done
}

# site_start: needs a shell of its own, not a pipeline's or a command substitution's
site_start() {
	exec 9> >(site_keeper)
	site_keeper_pid=$!
	site_wait 10 site_answers "$smtp1_port" && site_wait 10 site_answers "$smtp2_port" || return 1
	site_wait 10 svok "$site/service/checkd" && svc -u "$site/service/checkd"	# now that its first round can find them
	site_wait 10 site_ready
}

# site_stop: returns when no process of the site is left
site_stop() {
	exec 9>&-
	wait "$site_keeper_pid"
}

site_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# site_ready: both backends are up, and the fronts listen
site_ready() {
	[ "$(site_log checkd | grep -c ': up ')" -ge 2 ] && site_log front | grep -q 'tcpserver: status: 0/' &&
		site_log server | grep -q 'etd-server: status: 0/'
}

# site_log SERVICE: its log as it is now, without the time stamps
site_log() {
	cut -d " " -f 2- "$site/service/$1/log/main/current" 2>/dev/null
}

# site_wait SECONDS COMMAND ...: until it succeeds; fails if it has not by then
site_wait() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}
