load lib

# send_mail OPTIONS [ VARIABLE=VALUE ... ]: through etd-connect to $backend, which its line gives the
# options; the variables say who the client is
send_mail() {
	local options=$1
	shift
	rm -f backends.cdb front.log
	pool "pf ${backend} no-check $options"
	serve front env "$@" etd-connect -v backends.cdb
	send front >swaks.out
	stop front
}

@test "send-proxy and send-proxy-v2: a real Postfix logs the client's address, IPv4, IPv6 and mixed" {
	postfix_server pf smtpd_upstream_proxy_protocol=haproxy smtpd_peername_lookup=no
	backend=127.0.0.1:$(port pf)
	for options in send-proxy send-proxy-v2; do
		send_mail $options TCPREMOTEIP=192.0.2.7 TCPREMOTEPORT=4711 TCPLOCALIP=192.0.2.1 TCPLOCALPORT=25
		send_mail $options TCPREMOTEIP=2001:db8::7 TCPREMOTEPORT=4712 TCPLOCALIP=2001:db8::1 TCPLOCALPORT=25
		send_mail $options TCPREMOTEIP=2001:db8::8 TCPREMOTEPORT=4713 TCPLOCALIP=192.0.2.1 TCPLOCALPORT=25
		send_mail $options	# what tcpserver says
	done
	[ "$(count pf.mail.log 'connect from unknown\[192\.0\.2\.7\]')" -eq 4 ]	# and disconnect
	[ "$(count pf.mail.log 'connect from unknown\[2001:db8::7\]')" -eq 4 ]
	[ "$(count pf.mail.log 'connect from unknown\[2001:db8::8\]')" -eq 4 ]
	[ "$(count pf.mail.log 'connect from unknown\[127\.0\.0\.1\]')" -eq 4 ]
	[ "$(count pf.mail.log 'status=sent')" -eq 8 ]
}

@test "send-proxy and send-proxy-v2 to HAProxy's accept-proxy, which logs the client's address" {
	mail_server a
	proxied_server ha a
	for backend in "127.0.0.1:$(port ha)" "[::1]:$(port ha)"; do
		for options in send-proxy send-proxy-v2; do
			send_mail $options TCPREMOTEIP=192.0.2.7 TCPREMOTEPORT=4711 TCPLOCALIP=192.0.2.1 TCPLOCALPORT=25
			send_mail $options TCPREMOTEIP=2001:db8::7 TCPREMOTEPORT=4712 TCPLOCALIP=2001:db8::1 TCPLOCALPORT=25
		done
	done
	has_lines ha.log ' 192\.0\.2\.7:4711 ' 4
	has_lines ha.log ' 2001:db8::7:4712 ' 4
}

@test "the header's bytes, as the protocol has them" {
	serve a sh -c 'od -An -v -tx1 >bytes; mv bytes header'
	mkfifo idle
	# header OPTIONS IP PORT IP PORT: in hexadecimal, without spaces
	header() {
		pool "a 127.0.0.1:$(port a) no-check $1"
		TCPREMOTEIP=$2 TCPREMOTEPORT=$3 TCPLOCALIP=$4 TCPLOCALPORT=$5 ETD_GREETING_TIMEOUT=0 \
			etd-connect backends.cdb sh -c 'exec 6<&- 7<&-' 0<>idle
		wait_for test -e header
		tr -d ' \n' <header
		rm header
	}
	text() { printf "$1" | od -An -v -tx1 | tr -d ' \n'; }
	[ "$(header send-proxy 192.0.2.7 4711 192.0.2.1 25)" = "$(text 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\n')" ]
	[ "$(header send-proxy 2001:db8::7 4711 192.0.2.1 25)" = "$(text 'PROXY TCP6 2001:db8::7 ::ffff:192.0.2.1 4711 25\r\n')" ]
	v2=0d0a0d0a000d0a515549540a
	[ "$(header send-proxy-v2 192.0.2.7 4711 192.0.2.1 25)" = "${v2}2111000cc0000207c000020112670019" ]
	[ "$(header send-proxy-v2 2001:db8::7 4711 2001:db8::1 25)" = \
		"${v2}2121002420010db800000000000000000000000720010db800000000000000000000000112670019" ]
}

@test "a client whose address is not known is a fatal line and a 421, not UNKNOWN to the backend" {
	serve a sh -c 'cat >heard'
	for options in send-proxy send-proxy-v2; do
		rm -f front.log
		pool "a 127.0.0.1:$(port a) no-check $options"
		serve front env TCPREMOTEIP=unknown etd-connect backends.cdb
		run -0 listen front
		[[ $output == 421\ 4.3.0\ * ]]
		has front.log '^etd-connect: fatal: a: send-proxy: the client.s address is not known: unknown$'
		has front.log 'end [0-9]* status 28416$'
	done
	[ "$(count a.log 'tcpserver: ok')" -eq 0 ]
}

@test "an IPv6 zone is no part of the client's address" {
	serve a sh -c 'printf "220 a\r\n"; head -n 1 >heard'
	pool "a 127.0.0.1:$(port a) no-check send-proxy"
	serve front env TCPREMOTEIP=fe80::1%eth0 TCPREMOTEPORT=4711 TCPLOCALIP=fe80::2%eth0 TCPLOCALPORT=25 etd-connect backends.cdb
	exec 5<>"/dev/tcp/127.0.0.1/$(port front)"
	wait_for test -s heard
	exec 5>&-
	[ "$(cat heard)" = $'PROXY TCP6 fe80::1 fe80::2 4711 25\r' ]
}

@test "source=ADDRESS is where the connection comes from" {
	mail_server a
	backend=127.0.0.1:$(port a)
	send_mail source=127.0.0.77
	has a.log 'pid [0-9]* from 127\.0\.0\.77$'
}
