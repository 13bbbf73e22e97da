load lib

# front: a network of its own with the packet filter of etd(7), after the other rules of that page, for 3
# connections in place of 50, in front of tcpserver and etd-delay, which holds for longer than the test.
# 127.0.0.9 is the load balancer.
front() {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	unshare -n true 2>/dev/null || skip 'no right to make a network'
	unshare -n nft 'add table inet t; add chain inet t c; add rule inet t c ct count over 1' 2>/dev/null ||
		skip 'this kernel has no ct count'
	start net unshare -n sh -c 'echo ready; exec sleep 600'
	has net.out ready
	there ip link set lo up
	for ip in 2001:db8:1::1 2001:db8:1::2 2001:db8:2::1; do there ip -6 addr add "$ip/64" dev lo nodad; done
	echo 'flush ruleset' >nftables.conf
	manual_example etd.7 'socket transparent 1' >>nftables.conf
	manual_example etd.7 'ct count over 50' >rules
	exempt=$(sed -n "s/^\.Ql \(ip saddr != .*\)/\1/p" "$top/man/etd.7" | sed 's/192\.0\.2\.1/127.0.0.9/')
	[ "$exempt" = 'ip saddr != 127.0.0.9' ]
	sed "s/over 50/over 3/; /@sources /s/ct state new/$exempt &/" rules >>nftables.conf
	[ "$(count nftables.conf 'over 3')" -eq 2 ]
	there nft -c -f nftables.conf
	there nft -f nftables.conf
	ETD_DELAY=300 start front nsenter -n -t "$(cat net.pid)" \
		"$top/t/peer/usr/bin/tcpserver" -6 -v -RHl0 ::0 25 etd-delay -v echo 220 mx
	has front.log 'status: 0/40'
}
there() { nsenter -n -t "$(cat net.pid)" "$@"; }

# hold NAME SOURCE: a client from there that is held, as soon as it has been let in
hold() {
	local held to=TCP4:127.0.0.1
	held=$(count front.log ' ok ')
	[[ $2 != *:* ]] || to='TCP6:[2001:db8:1::1]'
	start "$1" nsenter -n -t "$(cat net.pid)" socat -u "$to:25,bind=$2" -
	has_lines front.log ' ok ' $((held + 1))
}
is_held() { kill -0 "$(cat "$1.pid")"; }

# refused SOURCE: a client from there gets a reset instead of a connection
refused() {
	local to=TCP4:127.0.0.1
	[[ $1 != *:* ]] || to='TCP6:[2001:db8:1::1]'
	run -1 there timeout 60 socat -u "$to:25,bind=$1" -
	[[ $output == *'Connection refused'* ]]
}

# shows COMMAND OUTPUT: that command of the page
shows() {
	grep -q "^\.Ic $1" "$top/man/etd.7"
	there $1 | grep -q "$2"
}

@test "etd.7: the packet filter refuses the next connection of a source, in front of tcpserver" {
	front
	for n in 1 2 3; do hold "client.$n" 127.0.0.2; done
	refused 127.0.0.2
	hold other 127.0.0.3
	for n in 1 2 3; do is_held "client.$n"; done
	shows 'nft list chain inet etd per_source' '@sources .* counter packets 1 '
	shows 'nft list set inet etd sources' 127.0.0.2
	# There is room again after one has gone.
	stop client.1
	has front.log ' end '
	hold client.4 127.0.0.2
	refused 127.0.0.2
}

@test "etd.7: for IPv6, that source is a network of 64 bits" {
	front
	hold client.1 '[2001:db8:1::1]'
	hold client.2 '[2001:db8:1::2]'
	hold client.3 '[2001:db8:1::1]'
	refused '[2001:db8:1::2]'
	hold other '[2001:db8:2::1]'
	stop client.2
	has front.log ' end '
	hold client.4 '[2001:db8:1::1]'
}

@test "etd.7: a load balancer is exempt from that limit" {
	front
	for n in 1 2 3 4; do hold "client.$n" 127.0.0.9; done
}
