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

# a DNS server that never answers
mute_dns() {
	echo 'nameserver 127.0.0.77' >resolv.conf
	echo 'options timeout:30 attempts:1' >>resolv.conf
	start dns socat -u UDP-RECV:53,bind=127.0.0.77,reuseaddr -
}

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
	# The child that waits for it holds no probe's connection open, nor outlives a HUP.
	[ "$(pgrep -c -P "$(cat checkd.pid)")" -eq 1 ]
	[ "$(find "/proc/$(pgrep -P "$(cat checkd.pid)")/fd" -lname 'socket:*' | wc -l)" -le 1 ]	# to the DNS server
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
