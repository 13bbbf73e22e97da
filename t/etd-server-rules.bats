load lib

front() {	# [ VARIABLE=VALUE ... ] etd-server [ OPTION ... ]
	rm -f front.log
	start_server front env ETD_DELAY=0 DNSCACHEIP="${resolver-}" "$@" -1 -l front.example 127.0.0.1 0 sh -c 'echo "${WHO-none}"'
}

# rules LINE ...: goes to rules.cdb
rules() { printf '%s\n' "$@" | tcprules rules.cdb rules.tmp; }

# says ADDRESS TEXT: what a client with that address hears
says() {
	run -0 listen_from "$1" front
	[ "$output" = "$2" ] || { echo "$1: $output"; return 1; }
}

# tcpserver_says ADDRESS NAME: the same by ucspi-tcp's own tcprulescheck; nothing for a denied one
tcpserver_says() {
	env ${2:+TCPREMOTEHOST="$2"} TCPREMOTEIP="$1" tcprulescheck rules.cdb "$1" >checked 2>&1
	grep -q '^deny' checked || { sed -n 's/^set environment variable WHO=//p' checked; grep -q WHO= checked || echo none; }
}

@test "the same file gives the same outcome as in tcpserver, for each address and name" {
	rules '127.0.0.2:allow,WHO="address"' '127.0.0.3:deny' '127.0.0.10-19:allow,WHO="range"' \
		'=mail.example.org:allow,WHO="name"' '=bad.example.org:deny' '127.0.1.:allow,WHO="24"' '127.0.:allow,WHO="16"' \
		'=.dsl.example.net:allow,WHO="long suffix"' '=.example.net:allow,WHO="suffix"' '=.org:deny' '=:allow,WHO="any name"' \
		'127.9.:deny' 'me@127.0.0.2:deny' '127.8:allow,WHO="no dot"' ':allow,WHO="nobody"'
	clients='127.0.0.2 mail.example.org
		127.0.0.3 mail.example.org
		127.0.0.10 bad.example.org
		127.0.0.19
		127.0.0.20
		127.0.1.1
		127.0.1.2 mail.example.org
		127.1.0.1
		127.1.0.2 mail.example.org
		127.1.0.3 bad.example.org
		127.1.0.4 a.dsl.example.net
		127.1.0.5 a.b.dsl.example.net
		127.1.0.6 dsl.example.net
		127.1.0.7 adsl.example.net
		127.1.0.8 other.example.org
		127.1.0.9 other.example
		127.1.0.12 org
		127.9.0.1 mail.example.org
		127.9.0.2 a.example.net
		127.8.0.1
		127.1.0.11 MAIL.example.ORG'
	resolver "$(awk 'NF == 2 { print $1, "PTR", $2 }' <<<"$clients")"
	front etd-server -x rules.cdb
	while read -r ip host; do
		echo "$ip $host"
		says "$ip" "$(tcpserver_says "$ip" "${host,,}")"
	done <<<"$clients"
}

@test "IPv6 rules are found as tcpserver of ucspi-tcp-ipv6 finds them" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	unshare -n true 2>/dev/null || skip 'no right to make a network'
	peer=$top/t/peer/usr/bin
	printf '%s\n' '2001:db8::1:deny' '2001:db8::1:2:3:4:5:allow,WHO="one zero group"' '::2:3:4:5:6:7:8:allow,WHO="at first"' \
		'2001:db8:1:2:3:4:5:::allow,WHO="at last"' '2001:db8:1::allow,WHO="48"' '2001:db8:::allow,WHO="32 zero"' \
		'2001:db8::allow,WHO="32"' '127.0.0.2:allow,WHO="v4"' '127.:allow,WHO="v4 net"' ':allow,WHO="nobody"' |
		"$peer/tcprules" rules.cdb rules.tmp
	addresses='2001:db8::1 2001:db8::2 2001:db8:0:1:2:3:4:5 0:2:3:4:5:6:7:8 2001:db8:1:2:3:4:5:0 2001:db8:1:2:3:4:5:6
		2001:db8:1::1 2001:db8:5::1 2001:db8:0:5:0:5:0:5 fd00::1 fd00:0:1::1 ::1 127.0.0.2 127.0.0.3'
	start net unshare -n sh -c 'ip link set lo up; echo ready; exec sleep 600'
	has net.out ready
	inside() { nsenter -n -t "$(cat net.pid)" "$@"; }
	for a in $addresses; do
		[[ $a != *:*:* || $a = ::1 ]] || inside ip -6 addr add "$a/128" dev lo nodad
	done
	start tcpserver nsenter -n -t "$(cat net.pid)" "$peer/tcpserver" -v -RHl0 -x rules.cdb 0 2501 sh -c 'echo "${WHO-none}"'
	start etd-server nsenter -n -t "$(cat net.pid)" env ETD_DELAY=0 etd-server -v -H -x rules.cdb 0 2502 sh -c 'echo "${WHO-none}"'
	hears() {	# ADDRESS PORT
		if [[ $1 == *:* ]]; then inside socat -u "TCP6:[::1]:$2,bind=[$1]" -; else inside socat -u "TCP:127.0.0.1:$2,bind=$1" -; fi
	}
	for port in 2501 2502; do wait_for inside bash -c ": <>/dev/tcp/127.0.0.1/$port"; done
	for a in $addresses; do
		echo "$a" "$(hears "$a" 2501)" >>tcpserver.says
		echo "$a" "$(hears "$a" 2502)" >>etd-server.says
	done
	grep -q '^2001:db8:0:1:2:3:4:5 one zero group$' tcpserver.says
	grep -q '^2001:db8::1$' <(sed 's/ *$//' tcpserver.says)
	diff tcpserver.says etd-server.says
}

@test "etd.7: a rule for an IPv6 network with a group of zeros misses clients, and one more has others" {
	printf '%s\n' '2001:db8:1:7::allow,WHO="sure"' '2001:db8:0:7::allow,WHO="first"' '2001:db8::7::allow,WHO="second"' |
		"$top/t/peer/usr/bin/tcprules" rules.cdb rules.tmp
	front ETD_PROXY_FROM=127.0.0.1 etd-server -H -x rules.cdb
	# is_found ADDRESS RULE
	is_found() {
		run -0 talk front <<<"PROXY TCP6 $1 2001:db8::25 4711 25"$'\r'
		[ "$output" = "$2" ] || { echo "$1: $output"; return 1; }
	}
	is_found 2001:db8:1:7::1 sure
	is_found 2001:db8:1:7:1:2:3:4 sure
	is_found 2001:db8:0:7::1 first
	is_found 2001:db8:0:7:1:2:3:4 second
	is_found 2001:db8::7:9 second
}

@test "a rule's variables go over the environment's, the last of a name, and may take the place of tcpserver's own" {
	rules '127.0.0.2:allow,WHO="one",WHO="two",TCPLOCALHOST="mine",EMPTY=""' ':allow'
	start_server front env ETD_DELAY=0 WHO=zero EMPTY=x etd-server -H -l front.example -x rules.cdb -1 127.0.0.1 0 \
		sh -c 'echo "$WHO $TCPLOCALHOST ${EMPTY-unset}."'
	says 127.0.0.2 'two mine .'
	says 127.0.0.3 'zero front.example x.'
}

@test "clients of many rules come in turn, and each has its own, also after the file has been replaced" {
	written() {	# WORD: more rules than are kept, of which two have the same words
		for n in {2..40}; do echo "127.0.0.$n:allow,ETD_REPLY=\"554 $1 $((n > 3 ? n : 2))\""; done |
			tcprules rules.cdb rules.tmp
	}
	all_hear() {
		for n in {2..40} {2..5} {2..5}; do
			[ "$(socat -t 20 - "TCP:127.0.0.1:$(port front),bind=127.0.0.$n" <<<HELO)" = "554 $1 $((n > 3 ? n : 2))"$'\r' ] ||
				{ echo "$1 $n"; return 1; }
		done
	}
	written first
	front ETD_DELAY=20 etd-server -H -x rules.cdb
	all_hear first
	written other
	all_hear other
}

@test "an expression is compiled once, however many rules there are, and again if the file has a new one" {
	cat >count.c <<-'EOF'
		#include <regex.h>
		#include <unistd.h>
		int __real_regcomp(regex_t *, const char *, int);
		int __wrap_regcomp(regex_t *r, const char *text, int flags)
		{
			(void)!write(2, "compiled\n", 9);
			return __real_regcomp(r, text, flags);
		}
	EOF
	"$top/compile-daemon" -D_GNU_SOURCE '-DETD_VERSION="test"' -I "$top/lib" -I "$top/verdict" -Wl,--wrap=regcomp -o own \
		count.c "$top"/etd-server/*.c "$top/lib/libetd-daemon.a" "$(cc -print-file-name=libcdb.a)" -lcares
	classes() {	# of more clients than there are kept rules, and of some of them again
		for n in {2..40} {2..5}; do listen_from "127.0.0.$n" front; done | sort | uniq -c | tr -s ' \n' ' '
	}
	resolver '* PTR dsl.own.example'
	rules 127.0.0.{2..30}':allow,ETD_DELAY="0"' 127.0.0.{31..40}':allow,ETD_DELAY="0",ETD_DYNAMIC="own"'
	start_server front env DNSCACHEIP="$resolver" ./own -l front.example -x rules.cdb -1 127.0.0.1 0 sh -c 'echo "$ETD_CLASS"'
	[ "$(classes)" = ' 43 dynamic ' ]
	rules 127.0.0.{2..40}':allow,ETD_DELAY="0",ETD_DYNAMIC="new"'
	[ "$(classes)" = ' 43 named ' ]
	[ "$(count front.log compiled)" -eq 3 ]
}

@test "a rule of more variables than fit is that client's 421, which says how many fit; so many do" {
	# many ADDRESS N: a rule of so many variables, the last of which is a word for the program
	many() { printf '%s:allow%s,WHO="last"\n' "$1" "$(printf ',V%d="x"' $(seq $(($2 - 1))))"; }
	rules "$(many 127.0.0.2 200)"
	front etd-server -H -x rules.cdb
	says 127.0.0.2 $'421 4.3.0 Service not available, try again later\r'
	has front.log '^etd-server: warning: 127\.0\.0\.2: its rule sets more variables than the [0-9]* that fit$'
	fit=$(sed -n 's/.* than the \([0-9]*\) that fit$/\1/p' front.log)
	grep -q "^A rule may set $fit variables\.$" "$top/man/etd-server.8"
	# To replace one of tcpserver's takes no place.
	rules "$(many 127.0.0.2 $((fit + 1)))" "$(many 127.0.0.3 "$fit")" "$(many 127.0.0.4 "$fit"),TCPREMOTEHOST=\"mine\""
	says 127.0.0.2 $'421 4.3.0 Service not available, try again later\r'
	says 127.0.0.3 last
	says 127.0.0.4 last
	run -100 etd-server -n -H -x rules.cdb
	[ "$output" = "etd-server: fatal: rules.cdb: rule 127.0.0.2: sets more variables than the $fit that fit" ]
}

@test "no rule takes the places of the verdict's own variables" {
	export ETD_DELAY=20
	# With fewer variables all have a place, with more the rule is too long.
	for n in 104 105 106 107 108 109 110; do
		{
			printf ':allow,ETD_ACTION="rblsmtpd"'
			for ((i = 2; i <= n; i++)); do printf ',V%d="x"' "$i"; done
			echo
		} | tcprules rules.cdb rules.tmp
		rm -f front.log
		start_server front etd-server -H -x rules.cdb -1 -l front.example 127.0.0.1 0 sh -c 'read -r _; echo "220 $ETD_RESULT $RBLSMTPD"'
		run -0 talk front <<<EHLO
		[[ $output == 421* || $output == '220 early -5.5.1 Refused: you talked before the greeting' ]] ||
			{ echo "$n: $output"; return 1; }
		stop front
	done
}

@test "a file that is cut short, noise or a directory costs a 421, and a whole one mends that" {
	rules '127.0.0.2:allow,WHO="one"' ':allow,WHO="all"'
	cp rules.cdb whole
	size=$(stat -c %s whole)
	front etd-server -H -x rules.cdb
	for length in 0 1 2047 2048 2060 $((size - 1)) $((size - 8)); do
		says 127.0.0.2 one
		head -c "$length" whole >cut
		mv cut rules.cdb
		# Where it is the end that is missing, some may not need it.
		run -0 listen_from 127.0.0.2 front
		[[ $output == 421* || $output == one ]] || { echo "$length: $output"; return 1; }
		[[ $length -ge 2048 || $output == 421* ]]
		cp whole new
		mv new rules.cdb
	done
	says 127.0.0.2 one
	head -c 5000 /dev/urandom >noise
	mv noise rules.cdb
	run -0 listen_from 127.0.0.2 front
	[[ $output == 421* ]]
	cp "$BATS_TEST_DIRNAME/fuzz/rules/circle" new	# its records have no end
	mv new rules.cdb
	run -0 listen_from 127.0.0.2 front
	rm rules.cdb
	mkdir rules.cdb
	run -0 listen_from 127.0.0.2 front
	[[ $output == 421* ]]
	rmdir rules.cdb
	run -0 listen_from 127.0.0.2 front
	[[ $output == 421* ]]
	has front.log 'warning: 127\.0\.0\.2: unable to read rules\.cdb: No such file or directory$'
	has front.log 'warning: 127\.0\.0\.2: unable to read rules\.cdb: not a complete cdb$'
	cp whole rules.cdb
	says 127.0.0.2 one
}

@test "a file that is written over in place, or cut off, under clients who are held harms none of them" {
	rules ':allow,ETD_DELAY="3",WHO="held by the old one"'
	front etd-server -H -x rules.cdb
	for n in {1..4}; do start "client$n" socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.$n" -; done
	wait_for eval '[ "$(find /proc/$(cat front.pid)/fd -lname "socket:*" | wc -l)" -eq 5 ]'
	: >rules.cdb
	run -0 listen_from 127.0.0.30 front
	[[ $output == 421* ]]
	head -c 100000 /dev/urandom >rules.cdb
	run -0 listen_from 127.0.0.30 front
	[[ $output == 421* ]]
	for n in {1..4}; do has "client$n.out" 'held by the old one'; done
	rules ':allow,WHO="new"'
	says 127.0.0.30 new
}

@test "a file that is replaced again and again under load always has one whole rule for each client" {
	rules ':allow,WHO="0"'
	front etd-server -H -c 400 -x rules.cdb
	(
		for n in {1..200}; do
			printf '127.0.%d.:deny\n:allow,WHO="%d"\n' $((n % 50 + 100)) "$n" | tcprules rules.cdb rules.tmp
		done
		touch replaced
	) &
	until [ -e replaced ]; do
		listen_from 127.0.0.2 front >>heard
	done
	wait
	grep -q . heard
	run -1 grep -v '^[0-9]*$' heard
	says 127.0.0.1 200
	[ "$(count front.log warning)" -eq 0 ]
	# Those that nobody uses any more are given back.
	[ "$(grep -c memfd: "/proc/$(cat front.pid)/maps")" -le 2 ]
}
