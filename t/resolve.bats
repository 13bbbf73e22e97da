load lib

# own_names: processes started by in_names see the test's own hosts and resolv.conf
own_names() {
	unshare -m true 2>/dev/null || skip 'no right to mount a file'
	touch hosts resolv.conf
	start names unshare -m sh -c 'mount --bind hosts /etc/hosts && mount --bind resolv.conf /etc/resolv.conf &&
		echo ready && exec sleep 600'
	has names.out ready
	ns=/proc/$(cat names.pid)/ns/mnt
}
run_checkd() { start checkd nsenter --mount="$ns" --wdns="$PWD" checkd "$@" backends backends.cdb; }

# dns_server SECONDS LINE ...: t/dns with these lines, on an address that no other test has; a name that has no
# answer by then does not resolve
dns_server() {
	local address=127.0.53.$BATS_TEST_NUMBER
	printf '%s\n' "nameserver $address" "options timeout:$1 attempts:1" >resolv.conf
	zone "${@:2}"
	start_server dns perl "$top/t/dns" zone 53 "$address"
}

# a DNS server that never answers
mute_dns() { dns_server 30 '* A !silent' '* AAAA !silent'; }

@test "a host name is resolved when the source is read, and again on HUP" {
	own_names
	mail_server a
	echo '127.0.0.1 mx.test' >hosts
	echo "a mx.test:$(port a) inter=0.2 fall=1" >backends
	run_checkd
	has checkd.log "^checkd: up backend=a addr=127\.0\.0\.1:$(port a) passes=1$"
	wait_for key_is 0 "a 127.0.0.1 $(port a)"
	key_is =a "state=up addr=127.0.0.1:$(port a) host=mx.test:$(port a) since=*"
	kill -HUP "$(cat checkd.pid)"	# the same address: the state stays
	has_lines a.log 'tcpserver: ok' 5
	echo '127.0.0.2 mx.test' >hosts
	kill -HUP "$(cat checkd.pid)"
	has checkd.log "^checkd: down backend=a addr=127\.0\.0\.2:$(port a) failures=1 step=connect"
	[ "$(wc -l <checkd.log)" -eq 2 ] || has checkd.log 'none up'
}

@test "a host that does not resolve is down, which is said once, and is tried again; the others work" {
	own_names
	mail_server a
	mail_server b
	printf '%s\n' 'default inter=0.2' "a mx.test:$(port a)" "b 127.0.0.1:$(port b)" "c mx.test:25 disabled" >backends
	run_checkd
	has checkd.log "^checkd: down backend=a addr=mx\.test:$(port a) failures=1 step=resolve reason=\"[NT].*\"$"
	has checkd.log 'up backend=b'
	wait_for key_is slots 1
	key_is 0 "b 127.0.0.1 $(port b)"
	key_is =a "state=down addr=mx.test:$(port a) host=mx.test:$(port a) *"
	echo '127.0.0.1 mx.test' >hosts
	has checkd.log "^checkd: up backend=a addr=127\.0\.0\.1:$(port a) passes=1$"
	wait_for key_is slots 2
	[ "$(wc -l <checkd.log)" -eq 3 ]
}

@test "HUP: a host with no-check that does not resolve stays down, and is not said to go down again" {
	own_names
	printf '%s\n' 'a mx.test:25 no-check' 'b 127.0.0.1:25 no-check' >backends
	run_checkd
	has checkd.log '^checkd: down backend=a .* step=resolve '
	wait_for key_is =a 'state=down *'
	was=$(key =a)
	dns_server 2 '* A !silent' '* AAAA !silent'
	inode=$(stat -c %i backends.cdb)
	kill -HUP "$(cat checkd.pid)"
	has dns.log 'A mx.test'		# it is asked for again, and there is no answer yet
	wait_for eval '[ "$(stat -c %i backends.cdb)" != "$inode" ]'
	key_is =a "$was"
	stop dns
	echo '127.0.0.1 mx.test' >hosts
	kill -HUP "$(cat checkd.pid)"
	wait_for key_is =a 'state=up addr=127.0.0.1:25 *'
	[ "$(count checkd.log 'down backend=a')" -eq 1 ]
}

@test "a DNS server that never answers stalls no probe, at the start, on HUP or after" {
	own_names
	mute_dns
	mail_server a
	serve silent sleep 60
	printf '%s\n' 'default inter=0.2' 'lost mx.test:25' "silent 127.0.0.1:$(port silent) timeout=60" "a 127.0.0.1:$(port a)" >backends
	run_checkd
	has checkd.log 'up backend=a'
	has_lines a.log 'tcpserver: ok' 3
	kill -HUP "$(cat checkd.pid)"
	has_lines a.log 'tcpserver: ok' 8
	stop a
	has checkd.log 'down backend=a'
	[ "$(count checkd.log backend=lost)" -eq 0 ]	# the resolver has not given up yet
	# The child that waits for it holds no probe's connection open, and a HUP starts no second one.
	[ "$(pgrep -c -P "$(cat checkd.pid)")" -eq 1 ]
	[ "$(find "/proc/$(pgrep -P "$(cat checkd.pid)")/fd" -lname 'socket:*' | wc -l)" -le 2 ]	# to checkd, and to the DNS server
}

@test "HUP: a lookup under way goes on, and its answer counts" {
	own_names
	mail_server a
	dns_server 30 'late.test A !late=3 127.0.0.1' 'late.test AAAA' 'lost.test A !silent' 'lost.test AAAA'
	printf '%s\n' 'default inter=0.2' "a late.test:$(port a)" 'b lost.test:25' >backends
	run_checkd
	has dns.log 'lost.test'
	n=0
	until grep -q 'up backend=a' checkd.log; do
		kill -HUP "$(cat checkd.pid)"
		has_lines checkd.log '^checkd: reload ' $((n += 1))
		[ "$n" -lt 100 ]
		sleep 0.2
	done
	[ "$(count dns.log 'A lost.test')" -le 2 ]	# A and AAAA
	[ "$(count checkd.log 'b stays at\|backend=b')" -eq 0 ]
	# That answer may have been older than the source: so it is asked for once more.
	has_lines dns.log ' A late.test' 2
	sed -i /^b/d backends
	kill -HUP "$(cat checkd.pid)"
	wait_for eval '[ "$(pgrep -c -P "$(cat checkd.pid)")" -eq 0 ]'	# nobody waits for b any more
}

@test "hosts that do not resolve do not hold up one that does, however many they are and however often HUP comes" {
	own_names
	mute_dns
	mail_server a
	echo '127.0.0.1 mx.test' >hosts
	{
		echo 'default inter=0.2'
		for ((i = 0; i < 20; i++)); do echo "lost$i lost$i.test:25"; done
		echo "a mx.test:$(port a)"
	} >backends
	run_checkd
	has dns.log lost
	end=$((SECONDS + 20))
	until grep -q 'up backend=a' checkd.log && key_is 0 "a 127.0.0.1 $(port a)"; do
		[ $SECONDS -lt $end ]
		kill -HUP "$(cat checkd.pid)"
		sleep 0.3
	done
	[ "$(count checkd.log backend=lost)" -eq 0 ]	# the resolver has not given up yet
}

@test "a host that resolved the last time is asked for first, and then one that is new" {
	own_names
	dns_server 1 'good.test A 127.0.0.1' 'good.test AAAA' 'new.test A 127.0.0.2' 'new.test AAAA' '* A !silent' '* AAAA !silent'
	{
		echo 'default no-check'
		for ((i = 0; i < 40; i++)); do echo "lost$i lost$i.test:25"; done
		echo 'good good.test:25'
	} >backends
	run_checkd
	has_lines checkd.log 'down backend=lost' 40
	key_is =good 'state=up *'
	n=$(wc -l <dns.log)
	echo 'new new.test:25' >>backends
	kill -HUP "$(cat checkd.pid)"
	wait_for key_is =new 'state=up *'
	# Eight are asked for at once.
	tail -n +$((n + 1)) dns.log | awk '!seen[$3]++ { print $3 }' | head -n 8 >first
	grep -qx good.test first
	grep -qx new.test first
}

@test "a child that dies while it waits for an answer is said, and that host alone is down" {
	own_names
	mute_dns
	mail_server a
	echo '127.0.0.1 mx.test' >hosts
	printf '%s\n' 'default inter=0.2' 'lost lost.test:25' "a mx.test:$(port a)" >backends
	run_checkd
	has checkd.log 'up backend=a'
	wait_for eval '[ "$(pgrep -c -P "$(cat checkd.pid)")" -eq 1 ]'
	has dns.log lost.test
	kill -KILL "$(pgrep -P "$(cat checkd.pid)")"
	has checkd.log '^checkd: down backend=lost addr=lost\.test:25 failures=1 step=resolve reason="the resolver died"$'
	: >dns.log
	echo '127.0.0.2 lost.test' >>hosts
	has checkd.log 'backend=lost addr=127\.0\.0\.2:25'
}

@test "after a restart a host that cannot be resolved has the address and the state that it had" {
	own_names
	mail_server a
	mail_server b
	echo '127.0.0.1 mx.test' >hosts
	printf '%s\n' 'default inter=0.2' "a mx.test:$(port a)" "b mx.test:$(port b) no-check" >backends
	run_checkd
	wait_for key_is slots 2
	wait_for key_is =a 'state=up *'
	stop checkd
	: >hosts
	rm checkd.log
	run_checkd
	has checkd.log "^checkd: warning: mx\.test:$(port a) does not resolve: .*: a stays at 127\.0\.0\.1:$(port a)$"
	has_lines a.log 'tcpserver: ok' 5
	key_is 0 "a 127.0.0.1 $(port a)"
	key_is 1 "b 127.0.0.1 $(port b)"
	[ "$(wc -l <checkd.log)" -eq 2 ]
}

@test "source=ADDRESS asks for the host's address of the same family" {
	own_names
	printf '%s\n' '127.0.0.1 mx.test' '::1 mx.test' >hosts
	printf '%s\n' 'a mx.test:2 source=::1' 'b mx.test:2 source=127.0.0.1' >backends
	nsenter --mount="$ns" --wdns="$PWD" checkd -o -q backends backends.cdb || :
	key_is 0 'a ::1 2 source=::1'
	key_is 1 'b 127.0.0.1 2 source=127.0.0.1'
	printf '%s\n' 'a [::1]:2 source=127.0.0.1' 'b mx.256:25' 'c 10.0.0.256:25' 'd mx.test:' >backends
	run -100 checkd -c backends
	diff - <(echo "$output") <<-'EOF'
		checkd: fatal: backends:1: source=127.0.0.1: of another family than [::1]:2
		checkd: fatal: backends:2: bad address mx.256:25: not address:port
		checkd: fatal: backends:3: bad address 10.0.0.256:25: not address:port
		checkd: fatal: backends:4: bad address mx.test:: not address:port
	EOF
}

@test "-c says which host does not resolve" {
	echo 'a nowhere.invalid:25 send-proxy' >backends
	run -0 checkd -c backends
	[[ ${lines[0]} == 'checkd: warning: a: nowhere.invalid:25 does not resolve: '* ]]
	[ "${lines[1]}" = 'checkd: good source=backends backends=1 backup=0 disabled=0' ]
}
