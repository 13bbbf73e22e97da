load lib

# Three hosts in network namespaces: a client 192.0.2.2, the front 192.0.2.1 and 10.0.0.1, and the
# backend 10.0.0.2, whose route to the world is the front. The front's routing is the recipe of
# etd-connect(8).
hosts() {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	unshare -n true 2>/dev/null || skip 'no right to make a network'
	local host
	for host in client front backend; do
		start "$host" unshare -n sh -c 'echo ready; exec sleep 600'
		has "$host.out" ready
	done
	in_host front ip link add outside type veth peer name eth netns "$(cat client.pid)"
	in_host front ip link add inside type veth peer name eth netns "$(cat backend.pid)"
	in_host client sh -c 'ip addr add 192.0.2.2/24 dev eth; ip addr add 192.0.2.3/24 dev eth
		ip link set eth up; ip link set lo up; ip -6 addr add 2001:db8:1::2/64 dev eth nodad; ip -6 route add default via 2001:db8:1::1'
	in_host front sh -c 'ip addr add 192.0.2.1/24 dev outside; ip addr add 10.0.0.1/24 dev inside
		ip link set outside up; ip link set inside up; ip link set lo up
		ip -6 addr add 2001:db8:1::1/64 dev outside nodad; ip -6 addr add 2001:db8:2::1/64 dev inside nodad'
	in_host backend sh -c 'ip addr add 10.0.0.2/24 dev eth; ip link set eth up; ip link set lo up
		ip route add default via 10.0.0.1
		ip -6 addr add 2001:db8:2::2/64 dev eth nodad; ip -6 route add default via 2001:db8:2::1'
	store mail
	start mail nsenter -n -t "$(cat backend.pid)" tcpserver -v -RHl0 0 25 mail/smtpd
	start mail6 nsenter -n -t "$(cat backend.pid)" "$top/t/peer/usr/bin/tcpserver" -6 -v -RHl0 ::0 2525 mail/smtpd
	wait_for in_host backend socat -u /dev/null TCP:10.0.0.2:25
	wait_for in_host backend socat -u /dev/null "TCP:[2001:db8:2::2]:2525"
	pool 'a 10.0.0.2:25 no-check source=client' 'b [2001:db8:2::2]:2525 no-check source=client'
}
in_host() { local host=$1; shift; nsenter -n -t "$(cat "$host.pid")" "$@"; }

# route: the recipe as the manual has it
route() {
	manual_example etd-connect.8 'socket transparent 1' >recipe
	[ -s recipe ]
	in_host front sh -e recipe
}

# front PROGRAM ...: what tcpserver runs there
serve_front() {
	start server nsenter -n -t "$(cat front.pid)" "$top/t/peer/usr/bin/tcpserver" -6 -v -RHl0 ::0 25 "$@"
	wait_for in_host client socat -u /dev/null TCP:192.0.2.1:25
}
send_mail() {
	in_host client swaks "$@" --helo client.example --from me@client.example --to you@front.example >>swaks.out
}

@test "source=client: the backend sees the client's own address, and mail passes, IPv4 and IPv6" {
	hosts
	route
	ETD_BALANCE=first serve_front etd-connect -v backends.cdb
	send_mail --server 192.0.2.1
	has mail.log 'pid [0-9]* from 192\.0\.2\.2$'
	run ! grep -e 'from 10\.0\.0\.1' mail.log
	send_mail --server 2001:db8:1::1 --local-interface 2001:db8:1::2	# a is of another family
	has mail6.log 'pid [0-9]* from 2001:db8:1::2$'
	has server.log 'failed ip=2001:db8:1::2 .* backend=a .* step=connect reason="Address family not supported by protocol"$'
	[ "$(find mail/new -type f | wc -l)" -eq 2 ]
	# A mail that fills every buffer on the way.
	head -c 3000000 /dev/zero | tr '\0' x | fold -w 70 >big
	send_mail --server 192.0.2.1 --body @big
	[ "$(find mail/new -type f -size +3000000c | wc -l)" -eq 1 ]
}

@test "source=client: the routes of etd(7), as they come back after a reboot, and go" {
	hosts
	echo 'flush ruleset' >nftables.conf
	manual_example etd.7 'socket transparent 1' >>nftables.conf
	manual_example etd.7 'up ip rule' >interfaces
	sed -n 's/^\tup //p' interfaces >up
	sed -n 's/^\tdown //p' interfaces >down
	[ "$(cat up down | wc -l)" -eq "$(wc -l <interfaces)" ]
	in_host front nft -f nftables.conf
	in_host front sh -eux up
	ETD_BALANCE=first serve_front etd-connect -v backends.cdb
	send_mail --server 192.0.2.1
	has mail.log 'pid [0-9]* from 192\.0\.2\.2$'
	send_mail --server 2001:db8:1::1 --local-interface 2001:db8:1::2
	has mail6.log 'pid [0-9]* from 2001:db8:1::2$'
	in_host front sh -eux down
	run ! eval 'in_host front ip rule | grep fwmark; in_host front ip -6 rule | grep fwmark'
}

@test "source=client: two clients with the same port do not clash" {
	hosts
	route
	ETD_BALANCE=first serve_front etd-connect backends.cdb
	for ip in 192.0.2.2 192.0.2.3; do
		mkfifo "say.$ip"
		start "client.$ip" nsenter -n -t "$(cat client.pid)" sh -c \
			"socat - TCP:192.0.2.1:25,bind=$ip:4711,reuseaddr <>say.$ip"
	done
	has client.192.0.2.2.out '^220'
	has client.192.0.2.3.out '^220'
	has mail.log 'from 192\.0\.2\.2$'
	has mail.log 'from 192\.0\.2\.3$'
	printf 'HELO x\r\n' >say.192.0.2.2	# both are there at once, each with its own backend
	has client.192.0.2.2.out '^250'
	[ "$(count client.192.0.2.3.out '^250')" -eq 0 ]
	printf 'HELO x\r\n' >say.192.0.2.3
	has client.192.0.2.3.out '^250'
}

@test "source=client with UID and GID: the socket is made before the privilege goes" {
	hosts
	route
	ETD_BALANCE=first serve_front env UID=65534 GID=65534 etd-connect backends.cdb
	send_mail --server 192.0.2.1
	has mail.log 'pid [0-9]* from 192\.0\.2\.2$'
}

@test "source=client without the privilege: a clear fatal line, a 421, and no connection from another address" {
	hosts
	route
	for_all etd-connect
	looks=$(count mail.log 'tcpserver: pid')
	ETD_BALANCE=first serve_front setpriv --reuid 65534 --regid 65534 --clear-groups etd-connect backends.cdb
	run in_host client socat -u TCP:192.0.2.1:25 -
	[ "${output%%$'\r'*}" = '421 4.3.0 Service not available, try again later' ]
	has server.log "^etd-connect: fatal: a: source=client: unable to use the client's address: Operation not permitted$"
	[ "$(count mail.log 'tcpserver: pid')" -eq "$looks" ]
}

@test "source=client for a client whose address is not known: the same" {
	pool 'a 127.0.0.1:25 no-check source=client'
	run -111 --separate-stderr etd-connect backends.cdb </dev/null
	[ "$stderr" = "etd-connect: fatal: a: source=client: the client's address is not known: unknown" ]
	[[ $output == 421\ * ]]
}
