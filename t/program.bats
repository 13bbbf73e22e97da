load lib

# backend NAME: the list is one server that answers each line by what it heard
backend() {
	serve "$1" sh -c 'printf "220 hi\r\n"; while read -r line && [ "$line" != "$(printf "QUIT\r")" ]; do echo "heard $line"; done; echo "over" >&2'
	pool "$1 127.0.0.1:$(port "$1") no-check"
	mkfifo idle
}

@test "a program gets the backend on 6 and 7, in blocking mode, and half-close works" {
	backend a
	run -0 timeout 10 etd-connect backends.cdb bash -c '
		read -r greeting <&6; echo "$greeting"
		echo one >&7; read -r reply <&6; echo "$reply"
		perl -e "open S, q(+<&=7); shutdown S, 1"
		cat <&6; echo end' 0<>idle
	[ "$output" = $'220 hi\r\nheard one\nend' ]
	has a.log '^over$'
	run -0 strace -f -e trace=fcntl,dup2 -o trace etd-connect backends.cdb true 0<>idle
	grep -q 'F_SETFL, O_RDONLY' trace
}

@test "mconnect-io speaks through it: the client's bytes out, the backend's in" {
	backend a
	ETD_SYNC=off run -0 timeout 10 etd-connect backends.cdb "$(command -v mconnect-io)" < <(wait_for has a.log 'tcpserver: ok'; printf 'HELO\nQUIT\n')
	[ "$output" = $'220 hi\r\nheard HELO\r' ]
}

@test "its environment: the backend's connection, the client's as ETD_CLIENTIP and so on, the rest as it came" {
	backend a
	TCPREMOTEIP=192.0.2.7 TCPREMOTEPORT=4711 TCPREMOTEHOST=client.example TCPREMOTEINFO=joe TCPLOCALHOST=front \
		PROTO=TCP TCPLOCALIP=192.0.2.1 TCPLOCALPORT=25 OTHER=x etd-connect -v backends.cdb env 0<>idle >env 2>log
	has env '^PROTO=TCP$'
	has env '^TCPREMOTEIP=127\.0\.0\.1$'
	has env "^TCPREMOTEPORT=$(port a)$"
	has env '^TCPLOCALIP=127\.0\.0\.1$'
	has env '^TCPLOCALPORT=[0-9]*$'
	has env '^ETD_BACKEND=a$'
	has env '^ETD_CLIENTIP=192\.0\.2\.7$'
	has env '^ETD_CLIENTPORT=4711$'
	has env '^ETD_CLIENTHOST=client\.example$'
	has env '^OTHER=x$'
	run ! grep -e TCPREMOTEHOST -e TCPREMOTEINFO -e TCPLOCALHOST env
	has a.log "127\.0\.0\.1::$(sed -n 's/^TCPLOCALPORT=//p' env)$"
	has log '^etd-connect: connected ip=192\.0\.2\.7 port=4711 backend=a addr=127\.0\.0\.1:[0-9]* tries=1 connect=[0-9.]* greeting=[0-9.]*$'
}

@test "no TCP6 variable of the client's is left; for a backend with IPv6 they describe the backend's connection" {
	backend a
	for name in REMOTEIP REMOTEPORT REMOTEHOST REMOTEINFO LOCALIP LOCALPORT LOCALHOST INTERFACE; do
		export "TCP6$name=client"
	done
	export PROTO=TCP6 TCPREMOTEIP=2001:db8::7 TCP6REMOTEIP=2001:db8::7
	etd-connect backends.cdb env 0<>idle >env
	grep -q '^PROTO=TCP$' env
	grep -q '^TCPREMOTEIP=127\.0\.0\.1$' env
	grep -q '^ETD_CLIENTIP=2001:db8::7$' env
	run ! grep ^TCP6 env
	start six socat "TCP6-LISTEN:$(port a),bind=::1,reuseaddr" SYSTEM:'echo 220 six; sleep 60'
	wait_for eval '[ -n "$(ss -Hltn src "[::1]:$(port a)")" ]'
	pool "six [::1]:$(port a) no-check"
	etd-connect backends.cdb env 0<>idle >env
	grep -q '^PROTO=TCP6$' env
	from=$(sed -n 's/^TCPLOCALPORT=//p' env)
	[ "$(grep ^TCP6 env | sort)" = "$(printf '%s\n' TCP6LOCALIP=::1 "TCP6LOCALPORT=$from" TCP6REMOTEIP=::1 "TCP6REMOTEPORT=$(port a)")" ]
	grep -q '^TCPREMOTEIP=::1$' env
}

@test "it has 6 and 7 open besides what there was, and no other" {
	backend a
	pool 'b 127.0.0.1:1 no-check' "$(cat backends)"
	sh -c 'ls /proc/$$/fd' 0<>idle 2>/dev/null >before
	env UID=65534 GID=65534 etd-connect backends.cdb sh -c 'ls /proc/$$/fd' 0<>idle 2>/dev/null >fds
	diff <(sort -n before; echo 6; echo 7) <(grep -v -x -e 6 -e 7 fds | sort -n; grep -x -e 6 -e 7 fds)
}

@test "failover happens before it: it never sees a failed backend's greeting" {
	serve busy sh -c 'echo 421 busy'
	backend a
	pool "busy 127.0.0.1:$(port busy) no-check" "a 127.0.0.1:$(port a) no-check"
	ETD_BALANCE=first run -0 etd-connect -q backends.cdb sh -c 'read -r greeting <&6; echo $ETD_BACKEND $greeting' 0<>idle
	[ "$output" = $'a 220 hi\r' ]
}

@test "a program that cannot be run is a clear line, a 421 and exit 111" {
	backend a
	run -111 --separate-stderr etd-connect backends.cdb ./missing 0<>idle
	[ "$stderr" = 'etd-connect: fatal: unable to run ./missing: No such file or directory' ]
	[[ $output == 421\ * ]]
}

@test "started as root with UID and GID: groups, gid and uid are dropped before the client is read" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	serve a sleep 60	# never greets: a relay that waits for it
	pool "a 127.0.0.1:$(port a) no-check"
	serve front env UID=65534 GID=65533 sh -c 'echo $$ >front.relay; exec etd-connect backends.cdb'
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	wait_for test -s front.relay
	status=/proc/$(cat front.relay)/status
	wait_for grep -q '^Uid:	65534	65534	65534	65534$' "$status"
	grep -q '^Gid:	65533	65533	65533	65533$' "$status"
	grep -q '^Groups:	65533 $' "$status"
	grep -q '^CapEff:	0000000000000000$' "$status"
	exec 5>&-
	# No byte is looked at by root.
	mkfifo idle
	ETD_GREETING_TIMEOUT=0.2 run -111 strace -o trace env UID=65534 GID=65533 etd-connect -q backends.cdb 0<>idle
	awk '/^setuid\(65534\)/ { dropped = 1 } /^(recvfrom|read|poll)\(0|poll\(\[\{fd=0|fd=0, events/ && !dropped { exit 1 }' trace
	grep -q '^setuid(65534)' trace
}

@test "UID without GID, or what is no number, is bad configuration; no root, no matter" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	backend a
	run -100 --separate-stderr env UID=1 etd-connect backends.cdb 0<>idle
	[ "$stderr" = 'etd-connect: fatal: UID and GID: one is not set' ]
	[[ $output == 421\ * ]]
	run -100 --separate-stderr env UID=1 GID=staff etd-connect backends.cdb 0<>idle
	[ "$stderr" = 'etd-connect: fatal: GID=staff: not a whole number from 0 to 2147483647' ]
	for_all etd-connect
	chmod 666 idle
	run -0 setpriv --reuid 65534 --regid 65534 --clear-groups env UID=1 etd-connect backends.cdb true 0<>idle
}
