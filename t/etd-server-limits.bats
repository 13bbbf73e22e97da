load lib

front() { rm -f front.log; start_server front env "$@"; }	# [ VARIABLE=VALUE ... ] etd-server ...
local=(-1 -H -l front.example 127.0.0.1 0)
refused=$'554 5.5.1 Refused: you talked before the greeting\r'

# sockets N: etd-server has so many, that on which clients come in being one
sockets() { [ "$(find "/proc/$(cat front.pid)/fd" -lname 'socket:*' | wc -l)" -eq "$1" ]; }

# idles: it uses next to no processor time for a while
idles() {
	local before
	before=$(awk '{ print $14 + $15 }' "/proc/$(cat front.pid)/stat")
	sleep 1
	[ $(($(awk '{ print $14 + $15 }' "/proc/$(cat front.pid)/stat") - before)) -le 10 ]	# of 100
}

@test "when descriptors run out, the others wait outside until there is room, and it idles" {
	front bash -c 'ulimit -n 64; for fd in {20..50}; do eval "exec $fd</dev/null"; done; exec "$@"' - \
		env ETD_DELAY=60 etd-server -v "${local[@]}" true
	start clients perl "$top/t/clients" "$(port front)" 40 127.1
	has clients.out ready	# the kernel has them
	has front.log '^etd-server: warning: unable to accept: Too many open files: [0-9]* clients are held$'
	idles
	[ "$(count front.log 'unable to accept')" -eq 1 ]	# in a minute
	held=$(sed -n 's/.*Too many open files: \([0-9]*\) .*/\1/p' front.log)
	[ "$held" -ge 10 ]
	[ "$held" -lt 32 ]	# the limit less 32: what ETD_HELD is by default
	stop clients
	has_lines front.log hangup 40
	wait_for sockets 1
	run -0 talk front <<<EHLO
	[ "$output" = "$refused" ]
	[ "$(count front.log warning)" -eq 1 ]
}

@test "when ETD_HELD clients are there it idles, too" {
	front ETD_HELD=5 ETD_DELAY=60 etd-server -v "${local[@]}" true
	start clients perl "$top/t/clients" "$(port front)" 20 127.1
	has clients.out ready
	has front.log 'warning: no more than 5 clients are held'
	idles
	stop clients
	has_lines front.log hangup 20
	run -0 talk front <<<EHLO
	[ "$output" = "$refused" ]
}

@test "clients who have left while they waited outside take no room from others" {
	front ETD_HELD=3 ETD_DELAY=60 etd-server -v "${local[@]}" true
	start clients perl "$top/t/clients" "$(port front)" 100 127.1
	has clients.out ready
	has front.log 'warning: no more than 3 clients are held'
	kill -STOP "$(cat front.pid)"
	stop clients	# the server learns of all of them in one moment
	kill -CONT "$(cat front.pid)"
	has_lines front.log hangup 100
	run -0 talk front <<<EHLO
	[ "$output" = "$refused" ]
}

@test "it idles while thousands are held, and while a name has no answer" {
	resolver '* PTR !silent'
	front ETD_DELAY=60 DNSCACHEIP="$resolver" ETD_DNS_TIMEOUT=60 etd-server -1 127.0.0.1 0 true
	start clients perl "$top/t/clients" "$(port front)" 300 127.1
	has clients.out ready
	wait_for sockets 302	# one is c-ares's
	idles
	# Nor does it matter that no resolver is there.
	free_port nobody
	front ETD_DELAY=60 DNSCACHEIP="127.0.0.1:$(port nobody)" ETD_DNS_TIMEOUT=60 etd-server -1 127.0.0.1 0 true
	start others perl "$top/t/clients" "$(port front)" 300 127.2
	has others.out ready
	sleep 2
	idles
}

@test "where the limit of processes is reached, each client is told to come again, until there is room" {
	[ "$(id -u)" -eq 0 ] || skip 'root alone can become an account that nobody else has'
	for_all etd-server
	front bash -c 'ulimit -u 2; exec "$@"' - env ETD_DELAY=0 etd-server -u 54321 -g 54321 "${local[@]}" echo 220
	start other setpriv --reuid 54321 --clear-groups sleep 600
	wait_for pgrep -u 54321 sleep
	for _ in 1 2 3; do
		run -0 listen front
		[ "$output" = $'421 4.3.0 Service not available, try again later\r' ]
	done
	has_lines front.log '^etd-server: warning: 127\.0\.0\.1: unable to run echo: Resource temporarily unavailable$' 3
	stop other
	run -0 listen front
	[ "$output" = 220 ]
}

@test "a thousand programs that end at once are all noticed" {
	mkfifo go
	exec 6<>go
	ulimit -S -n "$(ulimit -H -n)"
	front ETD_DELAY=0 etd-server -v -c 1000 -b 4000 "${local[@]}" sh -c 'echo 220; read -r _' 6>&-
	# Each waits for its client, and these leave all together.
	start clients perl "$top/t/clients" "$(port front)" 1000 127.1
	has front.log 'status: 1000/1000'
	stop clients
	has_lines front.log '^etd-server: end [0-9]* status ' 1000
	has front.log 'status: 0/1000'
	run -1 pgrep -P "$(cat front.pid)"
	run -0 talk front <<<x
	[ "$output" = 220 ]
}

@test "a logger that has gone stops no client, and the next one is told what it has missed" {
	mkfifo log
	start logger sh -c 'exec cat <log'
	ETD_DELAY=20 pgrphack etd-server -v "${local[@]}" true >front.out 2>log 3>&- &
	echo $! | tee -a started >front.pid
	disown
	wait_for test -s front.out
	cp front.out front.port
	has logger.out 'status: 0/40'
	stop logger
	run -0 talk front <<<EHLO
	[ "$output" = "$refused" ]
	start logger sh -c 'exec cat <log'
	wait_for eval 'talk front <<<EHLO && grep -q "warning: [0-9]* lines are lost" logger.out'
}

@test "however many addresses have silent name servers, DNS has numbers, each network gets some names, and lists lose none" {
	resolver '* PTR !silent'
	# shellcheck disable=SC2046
	"$top/compile-daemon" -D_GNU_SOURCE '-DETD_VERSION="test"' -I "$top/lib" -I "$top/verdict" -I "$top/etd-server" -o questions "$top/t/questions.c" \
		$(printf '%s\n' "$top"/etd-server/*.c | grep -v '/etd-server\.c$') "$top/lib/libetd-daemon.a" \
		"$(cc -print-file-name=libcdb.a)" -lcares
	run -0 timeout 60 ./questions "$resolver"
	[ "$output" = '1 257 10000 40000' ]
}

# fill NAME ADDRESS: a client from there that talks until the kernel takes no more
fill() {
	start "$1" perl -MSocket -e '
		socket my $s, PF_INET, SOCK_STREAM, 0 or die;
		bind $s, sockaddr_in(0, inet_aton($ARGV[1])) or die;
		connect $s, sockaddr_in($ARGV[0], INADDR_LOOPBACK) or die;
		for (my $n = 0; $n < 10; $n++) {
			$n = 0 while send $s, "x" x 1000, MSG_DONTWAIT;
			select undef, undef, undef, 0.05;
		}
		syswrite STDOUT, "full\n";
		sleep 60' "$(port front)" "$2"
	has "$1.out" full
}

# kernel FIELD ADDRESS: what ss(8) shows behind that word, of the server's end of that client's connection
kernel() { ss -Htmin "sport = :$(port front)" dst "$2" | grep -oP "\b$1\K[0-9]+"; }

@test "what a client says before its turn takes little of the kernel's memory, whatever it waits for" {
	resolver '127.0.0.2 PTR !silent'
	printf '%s\n' '127.0.0.3:allow,RELAYCLIENT=""' '127.0.0.4:allow,ETD_ACTION="log"' ':allow,ETD_DELAY="0"' |
		tcprules rules.cdb rules.tmp
	mkfifo go
	exec 6<>go
	front DNSCACHEIP="$resolver" ETD_DNS_TIMEOUT=60 etd-server -c 1 -x rules.cdb -1 -l front.example 127.0.0.1 0 \
		sh -c 'echo 220; read -r _ <go' 6>&-
	start first socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.9" -
	has first.out 220
	for i in 2 3 4; do
		fill "client$i" "127.0.0.$i"
		[ "$(kernel r "127.0.0.$i")" -ge 8000 ]	# it has said much
		[ "$(kernel r "127.0.0.$i")" -le 50000 ]
	done
	has front.log 'early ip=127\.0\.0\.4 '
	[ "$(count front.log ip=127.0.0.2)" -eq 0 ]
	echo >go
}

@test "a program has the receive buffer that it would have without etd-server, and as large a window" {
	read -r _ usual _ </proc/sys/net/ipv4/tcp_rmem
	front ETD_DELAY=0 etd-server "${local[@]}" sh -c 'echo 220; head -c 10000000 | wc -c; exec sleep 60'
	start silent socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has silent.out 220
	[ "$(kernel rb 127.0.0.2)" -eq "$usual" ]
	start one socat -t 60 "TCP:127.0.0.1:$(port front),bind=127.0.0.3" SYSTEM:'head -c 10000000 /dev/zero; cat >&2'
	has one.log '^10000000$'
	[ "$(kernel rb 127.0.0.3)" -gt "$usual" ]
	# One that no etd-server has accepted has as much room to grow.
	serve plain sh -c 'echo 220; exec sleep 60'
	start other socat -u "TCP:127.0.0.1:$(port plain),bind=127.0.0.4" -
	has other.out 220
	scale=$(kernel 'wscale:[0-9]+,' 127.0.0.3)
	cp plain.port front.port
	[ "$scale" = "$(kernel 'wscale:[0-9]+,' 127.0.0.4)" ]
}
