load lib
load faketime

# What etd-server remembers of clients that passed, how many connections one client may have, and stress.

front() {	# [ VARIABLE=VALUE ... ] etd-server ...
	rm -f front.log
	start_server front env "$@"
}
from() { timeout 60 socat -u "TCP:127.0.0.1:$(port front),bind=$1" -; }
refused=$'554 5.5.1 Refused: you talked before the greeting\r'
says='echo "$ETD_RESULT"'

# remembered FILE NETWORK: the file says so now or soon
remembered() { wait_for eval "[ \$(cdb -q '$1' '$2' 2>/dev/null || echo 0) -gt \$(date +%s) ]"; }

# other NETWORK ...: another server's file, other.cdb, has these for $other_s seconds, or 1000
other() {
	{ echo version 1; for ip; do echo "$ip $(($(date +%s) + ${other_s-1000}))"; done; } | cdb -c -m other.tmp -
	mv other.tmp other.cdb
}

# ended: by TERM, when it writes what has changed
ended() {
	kill -TERM "$(cat front.pid)"
	wait_for eval '! kill -0 "$(cat front.pid)"'
}

@test "a client that passed is not held again, until its time is over" {
	front ETD_PASSED=passed.cdb ETD_PASSED_TTL=2 ETD_DELAY=0.5 etd-server -v -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	[ "$(from 127.0.0.2)" = known ]
	[ "$(from 127.0.0.3)" = pass ]
	has front.log '^etd-server: known ip=127\.0\.0\.2 port=[0-9]* host="" class=nordns waited=0\.[0-4][0-9]*$'
	wait_for eval '[ "$(from 127.0.0.2)" = pass ]'
}

@test "it is remembered over a restart, and over kill -9, but for the last minute's" {
	front ETD_PASSED=passed.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	ended
	remembered passed.cdb 127.0.0.2
	[ "$(cdb -q passed.cdb version)" = 1 ]
	front ETD_PASSED=passed.cdb ETD_DELAY=20 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = known ]
	stop front
	front ETD_PASSED=passed.cdb ETD_DELAY=20 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = known ]
	[ ! -e passed.cdb.tmp ]
}

@test "a file that is a symbolic link is refused at the start; one that becomes a link is said, and stays" {
	ln -s elsewhere link
	for what in ETD_PASSED ETD_COUNTS; do
		run -100 env "$what=link" timeout 20 etd-server -n
		[ "${lines[0]}" = "etd-server: fatal: $what: link is a symbolic link: name the file itself" ]
		run -100 env "$what=link" timeout 20 etd-server 127.0.0.1 0 true
		[ "$output" = "etd-server: fatal: $what: link is a symbolic link: name the file itself" ]
	done
	: >other
	front ETD_PASSED="passed.cdb link" ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	ln -s other passed.cdb
	[ "$(from 127.0.0.2)" = pass ]
	ended
	has front.log 'warning: passed.cdb is a symbolic link: name the file itself'
	[ -L passed.cdb ]
	[ ! -s other ]
}

@test "who talks early is forgotten, though it was remembered" {
	front ETD_PASSED=passed.cdb ETD_DELAY=0.3 etd-server -1H 127.0.0.1 0 sh -c "$says"
	talks() { echo EHLO | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front),bind=127.0.0.2"; }
	[ "$(from 127.0.0.2)" = pass ]
	# It is known, and what it says is read when it has come in.
	wait_for eval '[ "$(talks)" = "$refused" ]'
	[ "$(from 127.0.0.2)" = pass ]
}

@test "an urgent byte alone is early talk of a client that is known, or has a PROXY header, too" {
	# It has come before the server looks at the client: no later event tells of it.
	urgent() {
		kill -STOP "$(cat front.pid)"
		start urgent perl -MIO::Socket::INET -e '$| = 1;
			$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]", LocalAddr => $ARGV[1]) or die;
			syswrite $s, $ARGV[2]; send $s, "X", MSG_OOB; print "sent\n"; sysread $s, $_, 100; print;' \
			"$(port front)" "$1" "$2"
		has urgent.out sent
		kill -CONT "$(cat front.pid)"
		has urgent.out "^$refused$"
	}
	front ETD_PROXY_FROM=127.0.0.9 ETD_PASSED=passed.cdb ETD_DELAY=0.5 etd-server -v -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	urgent 127.0.0.2 ''
	urgent 127.0.0.9 $'PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\n'
	[ "$(from 127.0.0.2)" = pass ]
	[ "$(count front.log ': early .* bytes=0 ')" -eq 2 ]
}

@test "a rule can switch memory off for some clients" {
	printf '%s\n' '127.0.0.2:allow,ETD_PASSED=""' ':allow' | tcprules rules.cdb rules.tmp
	front ETD_PASSED=passed.cdb ETD_DELAY=0.1 etd-server -x rules.cdb -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	[ "$(from 127.0.0.2)" = pass ]
	[ "$(from 127.0.0.3)" = pass ]
	[ "$(from 127.0.0.3)" = known ]
}

@test "ETD_NET says what is one client" {
	front ETD_NET=24/64 ETD_PASSED=passed.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	[ "$(from 127.0.0.3)" = known ]
	[ "$(from 127.0.1.3)" = pass ]
	ended
	remembered passed.cdb 127.0.0.0/24
	for value in 32 /64 33/64 32/129 32/64/ a/b 32/; do
		ETD_NET=$value run -100 etd-server -1H 127.0.0.1 0 true
		[ "$output" = "etd-server: fatal: ETD_NET=$value: not bits of IPv4 (8 to 32) and IPv6 (16 to 128), such as 32/64" ]
	done
}

@test "a file that is noise is reported, and replaced" {
	head -c 5000 /dev/urandom >passed.cdb
	front ETD_PASSED=passed.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	has front.log '^etd-server: warning: passed\.cdb: .*: it will be replaced$'
	[ "$(from 127.0.0.2)" = pass ]
	ended
	remembered passed.cdb 127.0.0.2
}

@test "a file in which a length is damaged stops nobody" {
	{ echo version 1; echo "127.0.0.2 $(($(date +%s) + 1000))"; echo "127.0.0.3 $(($(date +%s) + 1000))"; } | cdb -c -m passed.cdb -
	# The length of the second record's key, little-endian: the next one would be where this one is.
	printf '\xee\xff\xff\xff' | dd of=passed.cdb bs=1 seek=$((2048 + 16)) conv=notrunc status=none
	front ETD_PASSED=passed.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	has front.log '^etd-server: warning: passed\.cdb: .*: it will be replaced$'
	[ "$(from 127.0.0.4)" = pass ]
}

@test "records that make no sense are ignored, and those whose time is over" {
	now=$(date +%s)
	{
		echo version 1
		echo "127.0.0.2 $((now + 1000))"
		echo "127.0.0.3 $((now - 1))"
		echo '127.0.0.4 soon'
		echo "127.0.0.5/24 $((now + 1000))"
		echo "nobody $((now + 1000))"
		echo "127.0.0.6 99999999999999999999999"
	} | cdb -c -m passed.cdb -
	front ETD_PASSED=passed.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = known ]
	for i in 3 4 5 6; do [ "$(from "127.0.0.$i")" = pass ]; done
}

@test "a file that cannot be written is reported, and stops nobody" {
	mkdir sub
	front ETD_PASSED=sub/passed.cdb ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	rmdir sub
	[ "$(from 127.0.0.2)" = known ]
	ended
	has front.log '^etd-server: warning: unable to create sub/passed\.cdb\.tmp: No such file or directory$'
}

@test "the files of other servers are looked into, and what this one has found out is stronger" {
	other 127.0.0.2
	front ETD_PASSED='passed.cdb other.cdb third.cdb' ETD_DELAY=0.3 etd-server -1H 127.0.0.1 0 sh -c "$says"
	has front.log '^etd-server: warning: third\.cdb: No such file or directory: nobody in it is remembered until it can be read$'
	! grep -q 'other\.cdb' front.log || false
	[ "$(from 127.0.0.2)" = known ]
	[ "$(from 127.0.0.3)" = pass ]
	talks() { echo EHLO | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front),bind=127.0.0.2"; }
	wait_for eval '[ "$(talks)" = "$refused" ]'
	[ "$(from 127.0.0.2)" = pass ]
	other 127.0.0.4
	wait_for eval '[ "$(from 127.0.0.4)" = known ]'
	echo noise >other.cdb
	wait_for eval '[ "$(from 127.0.0.5)" = pass ]'
}

@test "who talks early is forgotten for ETD_PASSED_TTL, and then another server's file counts again" {
	other_s=3
	other 127.0.0.2
	front ETD_PASSED='passed.cdb other.cdb' ETD_PASSED_TTL=3 ETD_DELAY=1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = known ]
	talks() { echo EHLO | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front),bind=127.0.0.2"; }
	wait_for eval 'other 127.0.0.2; [ "$(talks)" = "$refused" ]'
	sleep 3.5
	other 127.0.0.2
	[ "$(from 127.0.0.2)" = known ]
}

@test "what a file says beyond ETD_PASSED_TTL, as a wrong clock may have written it, is not believed" {
	other_s=$((10 * 365 * 86400))
	other 127.0.0.2 127.0.0.3 127.0.0.4
	mv other.cdb passed.cdb
	# A client's own rule says how long that is.
	other_s=2000000
	other 127.0.0.6 127.0.0.7
	mv other.cdb third.cdb
	other_s=$((10 * 365 * 86400))
	other 127.0.0.5
	printf '%s\n' '127.0.0.7:allow,ETD_PASSED_TTL="3000000"' ':allow' | tcprules rules.cdb rules.tmp
	front ETD_PASSED='passed.cdb other.cdb third.cdb' ETD_PASSED_TTL=3600 ETD_DELAY=0.3 \
		etd-server -x rules.cdb -1H 127.0.0.1 0 sh -c "$says"
	for i in 5 6; do [ "$(from "127.0.0.$i")" = pass ]; done
	[ "$(from 127.0.0.7)" = known ]
	# Its own file's clients did pass: they are known for that time, and no longer.
	[ "$(from 127.0.0.2)" = known ]
	ended
	for i in 2 3 4 5; do
		remembered passed.cdb "127.0.0.$i"
		[ "$(cdb -q passed.cdb "127.0.0.$i")" -le $(($(date +%s) + 3600)) ]
	done
}

@test "a client beyond ETD_PER_CLIENT is told to come again, held ones and programs counted" {
	mkfifo go
	printf '%s\n' '127.0.0.3:allow,ETD_PER_CLIENT=""' ':allow' | tcprules rules.cdb rules.tmp
	front ETD_PER_CLIENT=2 ETD_DELAY=0.5 etd-server -v -x rules.cdb -1H 127.0.0.1 0 sh -c 'echo 220; read -r _ <go'
	start first socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has first.out 220
	start second socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has_lines front.log pass 2
	run -0 from 127.0.0.2
	[ "$output" = $'421 4.7.0 Too many connections from your address, try again later\r' ]
	has front.log '^etd-server: limit ip=127\.0\.0\.2 port=[0-9]* reason=per-client$'
	# Others have their own, and some none.
	for i in 3 3 3 4 4; do start "other$i" socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.$i" -; done
	has_lines front.log pass 7
	echo >go
	has front.log 'end [0-9]* status 0'
	start third socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has_lines front.log 'pass ip=127\.0\.0\.2' 3
}

@test "connections that wait for a client's name count, and those beyond ETD_PER_CLIENT do not wait for it" {
	resolver '127.0.0.2 PTR !silent' '127.0.0.3 PTR !silent' '127.0.0.4 PTR mx.example'
	printf '%s\n' '127.0.0.3:allow,ETD_PER_CLIENT=""' '=mx.example:allow,ETD_PER_CLIENT="1"' ':allow' | tcprules rules.cdb rules.tmp
	front ETD_PER_CLIENT=2 ETD_DELAY=0.2 ETD_DNS_TIMEOUT=60 DNSCACHEIP="$resolver" \
		etd-server -v -x rules.cdb -l front.example -1 127.0.0.1 0 sh -c 'echo "220 $TCPREMOTEHOST"'
	for client in 2.first 2.second 3.first 3.second; do
		start "$client" socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.${client%.*}" -
	done
	wait_for eval '[ "$(ss -Htn state established "sport = :$(port front)" | wc -l)" -eq 4 ]'
	run -0 from 127.0.0.2
	[ "$output" = $'421 4.7.0 Too many connections from your address, try again later\r' ]
	has front.log '^etd-server: limit ip=127\.0\.0\.2 port=[0-9]* reason=per-client$'
	# Where a rule by the address has no limit, they have no name; others have one, and are counted once.
	for _ in 1 2 3; do
		run -0 from 127.0.0.3
		[ "$output" = '220 ' ]
		run -0 from 127.0.0.4
		[ "$output" = '220 mx.example' ]
	done
	[ "$(count front.log '^etd-server: limit')" -eq 1 ]
}

@test "a client at its limit is not remembered" {
	front ETD_PASSED=passed.cdb ETD_PER_CLIENT=1 ETD_DELAY=0.1 etd-server -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	wait_for eval '[ "$(from 127.0.0.2)" = pass ]'
	ended
	[ -z "$(cdb -q passed.cdb 127.0.0.2)" ]
}

@test "under stress holds are shorter, and no test is dropped; it is said when that begins and ends" {
	front ETD_STRESS_DELAY=0.3 ETD_DELAY=20 ETD_HELD=10 etd-server -1H 127.0.0.1 0 sh -c "$says"
	for i in 1 2 3 4 5 6 7 8 9 10; do exec {fd}<>"/dev/tcp/127.0.0.1/$(port front)"; keep[i]=$fd; done
	has front.log '^etd-server: stress held=10 programs=0 state=on$'
	exec {keep[1]}>&- {keep[2]}>&-
	run -0 from 127.0.0.2
	[ "$output" = pass ]
	run -0 talk front <<<EHLO
	[ "$output" = "$refused" ]
	for i in 3 4 5 6 7 8 9 10; do exec {keep[i]}>&-; done
	has front.log '^etd-server: stress held=[0-9]* programs=0 state=off$'
	[ "$(count front.log stress)" -eq 2 ]
}

@test "clients that wait for a program are stress, too" {
	front ETD_STRESS_DELAY=0.3 ETD_DELAY=0.5 etd-server -c 1 -1H 127.0.0.1 0 sh -c 'until [ -e go ]; do sleep 0.05; done'
	for i in 1 2; do start "client$i" socat -u "TCP:127.0.0.1:$(port front)" -; done
	has front.log '^etd-server: stress held=1 programs=1 state=on$'
	touch go
	has front.log '^etd-server: stress held=0 programs=[01] state=off$'
}

# with OPTION ...: etd-server with these constants, in ./own
with() {
	"$top/compile-daemon" -D_GNU_SOURCE '-DETD_VERSION="test"' "$@" -I "$top/lib" -I "$top/verdict" -o own \
		"$top"/etd-server/*.c "$top/lib/libetd-daemon.a" "$(cc -print-file-name=libcdb.a)" -lcares
}

@test "who has passed is written now and then, while others are held, and what goes wrong is reported" {
	with -DPASSED_EVERY_MS=300
	mkdir sub
	front ETD_PASSED=sub/passed.cdb ETD_DELAY=0.1 ./own -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	remembered sub/passed.cdb 127.0.0.2
	rm -r sub
	[ "$(from 127.0.0.3)" = pass ]
	has front.log '^etd-server: warning: unable to create sub/passed\.cdb\.tmp: No such file or directory$'
	mkdir sub
	remembered sub/passed.cdb 127.0.0.3
}

@test "while that begins to be written, no client is taken for one that has left" {
	# The process that writes keeps the sockets for some time.
	with -DPASSED_EVERY_MS=1000
	printf '%s\n' '127.0.0.2:allow,ETD_DELAY="0.1"' ':allow' | tcprules rules.cdb rules.tmp
	front ETD_PASSED=passed.cdb ETD_DELAY=60 strace -f -o trace -e trace=close_range \
		-e inject=close_range:delay_enter=5s ./own -x rules.cdb -1vH 127.0.0.1 0 true
	start urgent perl -MIO::Socket::INET -e '$| = 1;
		$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]", LocalAddr => "127.0.0.4") or die;
		print "there\n"; sleep 1 until -e "go";
		syswrite $s, "EHLO x\r\n"; 1 while sysread $s, $_, 100; print "answered\n";
		sleep 2; $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]", LocalAddr => "127.0.0.3") or die;
		sleep 1; send $s, "X", MSG_OOB; print "sent\n"; sleep 60' "$(port front)"
	has urgent.out there
	from 127.0.0.2
	has front.log ': pass '
	touch go
	has urgent.out sent
	remembered passed.cdb 127.0.0.2
	[ "$(count front.log ': early ')" -eq 1 ]
	[ "$(count front.log ': hangup ')" -eq 0 ]
}

@test "early talkers of whom no file knows do not take the room of those that passed" {
	with -DPASSED_MAX=3
	front ETD_PASSED='passed.cdb other.cdb' ETD_DELAY=0.5 ./own -1H 127.0.0.1 0 sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	for i in 3 4 5 6; do
		[ "$(echo EHLO | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front),bind=127.0.0.$i")" = "$refused" ]
	done
	[ "$(from 127.0.0.2)" = known ]
}

@test "memory is for those whose time is not over, however many others have passed" {
	cat >places.c <<-'EOF'
		#include <stdio.h>
		#include <stdlib.h>
		#include "clock.h"
		#include "passed.h"
		int main(int argc, char **argv)
		{
			static struct passed passed;
			char why[REASON_MAX], ip[40];
			struct network network;

			if (argc != 3 || !passed_open(&passed, "passed.cdb other.cdb", 60, why))
				return 1;
			for (int i = 0; i < 1000; i++) {
				snprintf(ip, sizeof ip, "192.0.%d.%d", i / 250, i % 250);
				if (!network_parse(&network, ip))
					return 1;
				if (*argv[1] == 'a')
					passed_add(&passed, &network, atol(argv[2]));
				else
					passed_forget(&passed, &network, atol(argv[2]), clock_ms());
			}
			printf("%zu\n", passed.table.n);
			return 0;
		}
	EOF
	"$top/compile-daemon" -D_GNU_SOURCE -I "$top/lib" -I "$top/etd-server" -o places places.c \
		"$top"/etd-server/{passed,saved,table}.c "$top/lib/libetd-daemon.a" "$(cc -print-file-name=libcdb.a)"
	other $(for i in {0..999}; do echo "192.0.$((i / 250)).$((i % 250))"; done)
	for what in add forget; do	# which is known of no file, or of another one
		run -0 ./places $what 60
		[ "$output" -eq 1000 ]
		run -0 ./places $what 0	# which is over at once
		[ "$output" -eq 1 ]
	done
}

@test "a step of the wall clock neither makes anybody known for longer nor forgets anybody" {
	echo +0 >clock
	read -ra fake <<<"$(fake_clock "$(command -v etd-server)" "$PWD/clock")"
	[ "${#fake[@]}" -gt 0 ] || skip 'there is no libfaketime, or the sanitizer does not bear it'
	front ETD_PASSED=passed.cdb ETD_PASSED_TTL=60 ETD_DELAY=0.5 "${fake[@]}" etd-server -1H 127.0.0.1 0 \
		env -u LD_PRELOAD sh -c "$says"
	[ "$(from 127.0.0.2)" = pass ]
	echo +3600 >clock
	[ "$(from 127.0.0.2)" = known ]
	[ "$(from 127.0.0.3)" = pass ]
	echo +0 >clock
	ended
	# Nobody is saved with a time that the file's reader, who has the right clock, would take for more.
	now=$(date +%s)
	for ip in 127.0.0.2 127.0.0.3; do
		[ "$(cdb -q passed.cdb "$ip")" -gt "$now" ]
		[ "$(cdb -q passed.cdb "$ip")" -le $((now + 60)) ]
	done
}
