load lib

# served NAME=WEIGHT ...: a list of backends, all of them one server that greets and closes
served() {
	local b
	[ -p idle ] || mkfifo idle	# a client that neither speaks nor leaves
	[ -e a.port ] || serve a sh -c 'echo 220'
	for b; do echo "${b%=*} 127.0.0.1:$(port a) no-check weight=${b#*=}"; done >backends
	checkd -o -q backends backends.cdb
	[ -e backends.cdb.turn ] || head -c 8 /dev/zero >backends.cdb.turn
}

# picks CLIENT ...: the backend that each gets
picks() {
	local client
	for client; do
		TCPREMOTEIP=$client etd-connect backends.cdb sh -c 'echo $ETD_BACKEND' 0<>idle
	done
}

@test "roundrobin is exact over many processes: 10000 picks by 50 at once, weights 3:2:1" {
	served a=3 b=2 c=1
	export TCPREMOTEIP=192.0.2.1
	seq 50 | xargs -P 50 -I{} sh -c 'for i in $(seq 200); do etd-connect backends.cdb sh -c "echo \$ETD_BACKEND" 0<>idle >>picks.{}; done'
	run -0 sh -c 'cat picks.* | sort | uniq -c'
	read -r a _ b _ c _ <<<"$(echo "$output" | xargs)"
	[ $((a + b + c)) -eq 10000 ]
	[ "$a" -ge 4999 ] && [ "$a" -le 5001 ]
	[ "$b" -ge 3332 ] && [ "$b" -le 3334 ]
	[ "$c" -ge 1665 ] && [ "$c" -le 1667 ]
}

@test "without a counter that can be used the pick is random, which is said at -v" {
	served a=1 b=1 c=1
	export ETD_TRIES=1
	check() {
		run -0 picks 192.0.2.{1..60}
		[ "$(echo "$output" | sort | uniq -c | awk '$1 >= 5' | wc -l)" -eq 3 ]
		run -0 --separate-stderr etd-connect -v backends.cdb true 0<>idle
		[[ $stderr == *"etd-connect: random file=backends.cdb.turn reason=\"$1\""* ]]
	}
	rm backends.cdb.turn
	check 'No such file or directory'
	printf 1234 >backends.cdb.turn
	check 'Invalid argument'
	rm backends.cdb.turn
	mkdir backends.cdb.turn
	check 'Is a directory'
}

@test "ETD_BALANCE=random: by weight, and without the counter" {
	served a=3 b=1
	rm backends.cdb.turn
	export ETD_BALANCE=random
	run -0 --separate-stderr picks 192.0.2.{1..100}
	a=$(echo "$output" | grep -c a)
	[ "$a" -ge 55 ] && [ "$a" -le 92 ]	# 75, and 4 standard deviations
	[ -z "$stderr" ]
}

@test "ETD_BALANCE=first: the first of the list, the next only when that fails" {
	served a=1 b=1 c=1
	export ETD_BALANCE=first
	[ "$(picks 192.0.2.{1..10} | sort | uniq -c | xargs)" = '10 a' ]
	pool 'a 127.0.0.1:1 no-check' "b 127.0.0.1:$(port a) no-check"	# nobody listens at a
	[ "$(picks 192.0.2.{1..10} 2>/dev/null | sort | uniq -c | xargs)" = '10 b' ]
}

@test "ETD_BALANCE=source: a client's backend stays; without one of ten only its own clients move" {
	served {a,b,c,d,e,f,g,h,i,j}=1
	export ETD_BALANCE=source
	clients=(192.0.2.{1..100} 2001:db8::{1..20})
	picks "${clients[@]}" >before
	picks "${clients[@]}" >again
	cmp before again
	[ "$(sort before | uniq -c | awk '$1 >= 3' | wc -l)" -eq 10 ]
	served {a,b,c,d,e,f,g,h,i}=1
	picks "${clients[@]}" >after
	[ "$(paste before after | awk '$1 != $2 && $1 != "j"' | wc -l)" -eq 0 ]
	[ "$(paste before after | awk '$1 == "j" && $2 != "j"' | wc -l)" -eq "$(grep -c j before)" ]
}

@test "ETD_BALANCE=source: by weight; when a weight changes only what it gains or loses moves" {
	served a=1 b=3
	export ETD_BALANCE=source
	clients=(192.0.2.{1..100})
	picks "${clients[@]}" >before
	b=$(grep -c b before)
	[ "$b" -ge 55 ] && [ "$b" -le 92 ]
	served a=1 b=4	# no common divisor with what was
	picks "${clients[@]}" >after
	[ "$(paste before after | awk '$1 == "b" && $2 == "a"' | wc -l)" -eq 0 ]
}

@test "ETD_BALANCE=source: a client whose backend fails gets its next best, always the same" {
	served a=1 b=1 c=1
	export ETD_BALANCE=source
	clients=(192.0.2.{1..30})
	picks "${clients[@]}" >before
	sed -i 's/^a 127.0.0.1:[0-9]*/a 127.0.0.1:1/' backends
	checkd -o -q backends backends.cdb
	picks "${clients[@]}" >failed 2>/dev/null
	served b=1 c=1
	picks "${clients[@]}" >gone
	cmp failed gone
	[ "$(paste before failed | awk '$1 != $2 && $1 != "a"' | wc -l)" -eq 0 ]
}

@test "another ETD_BALANCE is a clear line, exit 100 and a 421" {
	served a=1
	ETD_BALANCE=leastconn run -100 --separate-stderr etd-connect backends.cdb
	[ "$stderr" = 'etd-connect: fatal: ETD_BALANCE=leastconn: not roundrobin, random, source or first' ]
	[[ $output == 421\ * ]]
}

@test "a backend that refuses a client is named on backends.cdb.nudge, and checkd looks at it" {
	mail_server a
	mail_server b
	printf '%s\n' 'default inter=1000 fastinter=0.1 fall=1' "a 127.0.0.1:$(port a)" "b 127.0.0.1:$(port b)" >backends
	mkfifo idle
	start checkd checkd backends backends.cdb
	has_lines checkd.log ': up ' 2
	wait_for eval '[ "$(cdb -q backends.cdb slots)" = 2 ]'
	stop a
	picks 192.0.2.1 192.0.2.2 2>/dev/null
	has checkd.log 'down backend=a '
	wait_for eval '[ "$(cdb -q backends.cdb slots)" = 1 ]'
	stop checkd			# nobody reads it now: nothing waits, nothing is said
	stop b
	run --separate-stderr timeout 10 etd-connect -q backends.cdb 0<>idle
	[ "$status" -eq 111 ]
	[ -z "$stderr" ]
}
