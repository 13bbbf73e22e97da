# front.bash: the two programs that judge clients, for tests that both of them must pass. The name of
# the test's file says which one it is: verdict-etd-delay.bats, or verdict-etd-server.bats, a link to it.
#
# etd-delay is a process for each client, under tcpserver; etd-server is one for all. So a fault that
# concerns one client is etd-delay's fatal message and exit code, and etd-server's warning; all that
# differs for that reason is below.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

etd=etd-${BATS_TEST_FILENAME##*-etd-}
etd=${etd%.bats}

# What front runs it with: a command that starts it, and the client's name.
prefix=()
name=()

# front [ VARIABLE=VALUE ... ] [ -qQv ] program [ arg ... ]: on front.port
front() {
	local variables=() options=()
	while [[ $1 == *=* ]]; do variables+=("$1"); shift; done
	while [[ $1 == -* ]]; do options+=("$1"); shift; done
	rm -f front.log
	set -- "${prefix[@]}" env "${name[@]}" "${variables[@]}" "$etd" "${options[@]}" "$@"
	if [ "$etd" = etd-delay ]; then serve front "$@"; else server_front "$@"; fi
}

# The options of etd-server's own follow its name: nobody is asked for the client's name, unless it has
# one.
server_front() {
	local before=() own=(-1 -l front.example -b 400)
	[ ${#name[@]} -gt 0 ] || own+=(-H)
	while [ "$1" != etd-server ]; do before+=("$1"); shift; done
	shift
	while [[ $1 == -* ]]; do
		own+=("$1")
		[ "$1" != -x ] || { own+=("$2"); shift; }
		shift
	done
	start_server front "${before[@]}" etd-server "${own[@]}" 127.0.0.1 0 "$@"
}

# client_is NAME: from now on that is the client's name, or it has none: ""
client_is() {
	if [ "$etd" = etd-delay ]; then
		name=(TCPREMOTEHOST="$1")
	else
		resolver "* PTR $1"
		name=(DNSCACHEIP="$resolver")
	fi
}

# classes NAME ...: of each, the class that the next program is told
classes() {
	local n=0 host
	if [ "$etd" = etd-delay ]; then
		for host; do ETD_DELAY=0 TCPREMOTEHOST=$host etd-delay sh -c 'echo "$ETD_CLASS"' </dev/null; done
		return
	fi
	for host; do echo "127.1.0.$((++n)) PTR $host"; done >zone
	resolver "$(cat zone)"
	name=(DNSCACHEIP="$resolver")
	front ETD_DELAY=0 sh -c 'echo "$ETD_CLASS"'
	for ((n = 1; n <= $#; n++)); do listen_from "127.1.0.$n" front; done
}

# left: the server has seen the end of its clients; all_left: now or soon
left() {
	if [ "$etd" = etd-delay ]; then
		grep -q 'tcpserver: end' front.log
	else
		[ "$(find "/proc/$(cat front.pid)/fd" -lname 'socket:*' | wc -l)" -eq 1 ]
	fi
}
all_left() { wait_for left; }

# bad_setting VARIABLE=VALUE MESSAGE: that is bad configuration. The environment's ends etd-server at the
# start; a rule's costs its client a 421.
bad_setting() {
	if [ "$etd" = etd-delay ]; then
		front "$1" true
		run -0 listen front
		[ "$output" = "$later" ]
		wait_for grep -Fqx "etd-delay: fatal: $2" front.log
		has front.log 'end [0-9]* status 25600$'	# exit 100
	else
		run -100 timeout 20 env "$1" etd-server 127.0.0.1 0 true
		[ "$output" = "etd-server: fatal: $2" ]
		printf '+0,%d:->+%s\0\n\n' $(($(printf %s "$1" | wc -c) + 2)) "$1" | cdb -c rules.cdb -
		front -x rules.cdb true
		run -0 listen front
		[ "$output" = "$later" ]
		wait_for grep -Fqx "etd-server: warning: 127.0.0.1: $2" front.log
		stop front
	fi
}

# judge VARIABLE=VALUE: the program starts with this setting, or finds it bad: exit 100
judge() {
	if [ "$etd" = etd-delay ]; then
		env "$1" etd-delay true < <(:)
	else
		local code=0
		env "$1" etd-server 127.0.0.1 no-such-port true || code=$?
		[ $code -ne 111 ] || code=0	# the settings are good: the port is not
		return $code
	fi
}

# cannot_run MESSAGE: why the client of front got no program
cannot_run() {
	if [ "$etd" = etd-delay ]; then
		wait_for grep -Fqx "etd-delay: fatal: $1" front.log
		has front.log 'end [0-9]* status 28416$'	# exit 111
	else
		wait_for grep -Fqx "etd-server: warning: 127.0.0.1: $1" front.log
	fi
}

# hinder WHAT N: strace hinders N of its waits from the one for the end of the hold on, and writes the file
# trace; see strace(1), --inject
hinder() {
	first=1
	waits=poll,ppoll
	if [ "$etd" = etd-server ]; then
		first=2		# the first is for the client
		waits=epoll_wait
	fi
	prefix=(strace -f -o trace -e "trace=$waits" -e "inject=$waits:$1:when=$first..$((first + $2 - 1))")
}

later=$'421 4.3.0 Service not available, try again later\r'
refused=$'554 5.5.1 Refused: you talked before the greeting\r'
