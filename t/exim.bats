load lib

# Exim has its account compiled in: its processes see a passwd and a group that have it.
exim() {
	env LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD="$PWD/passwd" NSS_WRAPPER_GROUP="$PWD/group" \
		./exim4 "$@"
}
export -f exim

# configure NAME SETTING ...: NAME.conf, for an Exim that logs to NAME/mainlog. The settings come first, and
# below them what begins with "begin".
configure() {
	local name=$1
	shift
	mkdir -p "$name"
	chown nobody:nogroup "$name"
	cat >"$name.conf" <<-END
		exim_path = $PWD/exim4
		spool_directory = $PWD/$name
		log_file_path = $PWD/$name/%slog
		primary_hostname = $name.example
		keep_environment = LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
		deliver_drop_privilege
		$(printf '%s\n' "$@")
	END
}

# exim_server NAME SETTING ...: a real Exim on NAME.port that keeps all mail
exim_server() {
	configure "$@" 'acl_smtp_rcpt = accept' queue_only
	[ -e "$1.port" ] || free_port "$1"
	start "$1" bash -c 'exim "$@"' exim -C "$PWD/$1.conf" -bdf -oX "127.0.0.1:$(port "$1")"
	wait_for listens "$(port "$1")"
}

# exim_sender SERVER: a real Exim that may talk early if it is permitted
exim_sender() {
	configure out "begin routers
		all:
			driver = manualroute
			route_list = * 127.0.0.1
			self = send
			transport = out
		begin transports
		out:
			driver = smtp
			port = $(port "$1")
			allow_localhost
			hosts_pipe_connect = *"
	sed -i 's/^\t*//' out.conf
}

# mail SUBJECT: one mail from that sender; fails if it is not delivered at once. A bounce would be sent
# by the same way, so there is none.
mail() {
	local before=0
	[ ! -e out/mainlog ] || before=$(count out/mainlog '=> you@front.example')
	printf 'Subject: %s\n\nhello\n' "$1" | exim -C "$PWD/out.conf" -odf -oi -f '<>' you@front.example
	[ "$(count out/mainlog '=> you@front.example')" -gt "$before" ]
}

# site SETTING ...: that Exim as a backend, with a front before it
site() {
	let_others_in
	cp "$top/t/peer/usr/sbin/exim4" .	# the project may be in a directory that is root's alone
	{ cat /etc/passwd && echo 'Debian-exim:x:65534:65534::/nonexistent:/bin/false'; } >passwd
	{ cat /etc/group && echo 'Debian-exim:x:65534:'; } >group
	exim_server mx "$@"
	echo "mx 127.0.0.1:$(port mx) helo=front.example" >backends
	checkd -o backends backends.cdb 2>checkd.log
	free_port front
	serve_again front env TCPREMOTEHOST=out.example ETD_DELAY=0.3 "${action-ETD_ACTION=reject}" etd-delay -v etd-connect -v backends.cdb
	exim_sender front
}

warning="checkd: warning: mx advertises PIPECONNECT: Exim clients that know it talk early, and are refused: set 'pipelining_connect_advertise_hosts =' there"

@test "an Exim that an Exim has told to talk early is refused, and checkd has warned of it" {
	site 'tls_advertise_hosts =' 'pipelining_connect_advertise_hosts = *'
	[ "$(count checkd.log "^$warning\$")" -eq 1 ]
	run -0 checkd -c backends
	[[ $output == *"$warning"* ]]
	run -1 etd-status -n backends.cdb
	[[ $output == 'ETD WARNING - 1 of 1 up, mx advertises PIPECONNECT |'* ]]

	mail one
	run ! mail two
	grep -q 'SMTP error from remote mail server .*: 554 5\.5\.1 ' out/mainlog
	grep -q 'etd-delay: early .* class=named waited=0\.0.* text="EHLO out.example\\r\\nMAIL FROM:<' front.log
	etd-report front.log >report
	grep -q '^EHLO and a mail  *1 ' report
	grep -q '^127.0.0.1 out.example  *1 ' report
}

@test "with pipelining_connect_advertise_hosts empty, that Exim sends all its mail, and checkd is content" {
	site 'tls_advertise_hosts =' 'pipelining_connect_advertise_hosts ='
	[ "$(count checkd.log PIPECONNECT)" -eq 0 ]
	run -0 checkd -c backends
	[[ $output != *PIPECONNECT* ]]
	run -0 etd-status -n backends.cdb

	mail one
	mail two
	mail three
	[ "$(count front.log 'etd-delay: pass ')" -eq 3 ]
	[ "$(count front.log ': early ')" -eq 0 ]
	[ "$(count mx/mainlog ' <= ')" -eq 3 ]
}

@test "with TLS, that sender says EHLO and STARTTLS too soon, and comes again by itself" {
	site 'pipelining_connect_advertise_hosts = *'
	mail one
	mail two
	grep -q 'etd-delay: early .* waited=0\.0.* text="EHLO out.example\\r\\nSTARTTLS\\r\\n"' front.log
	etd-report front.log >report
	grep -q '^EHLO and STARTTLS  *1 ' report
	grep -q '^127.0.0.1 out.example  *1  *1$' report
}

@test "on a day that only logs, that sender talks early again and again" {
	action=ETD_ACTION=log site 'tls_advertise_hosts =' 'pipelining_connect_advertise_hosts = *'
	mail one
	mail two
	mail three
	[ "$(count front.log 'etd-delay: early .* waited=0\.0')" -eq 2 ]
	etd-report front.log >report
	grep -q '^127.0.0.1 out.example  *2 ' report
}
