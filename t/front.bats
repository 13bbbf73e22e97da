load lib

# look [ OPTION ... ]: at the server front
look() { etd-status -n -f "127.0.0.1:$(port front)" "$@"; }

@test "a front that greets is OK: nothing is said before the greeting, and QUIT after it" {
	store store
	serve front env ETD_DELAY=0.5 etd-delay -v store/smtpd
	run -0 look
	[[ $output =~ ^"ETD OK - front 127.0.0.1:$(port front): 220 "[^\|]*" | greeting="[0-9.]+"s;;30.000;0"$ ]]
	has front.log 'etd-delay: pass '
	[ "$(count front.log early)" -eq 0 ]
	serve other sh -c 'printf "220-one moment\r\n"; sleep 0.2; printf "220 mx.example | ready\r\n"; read -r line; echo "heard $line" >&2'
	run -0 etd-status -nf "localhost:$(port other)"
	[[ $output == "ETD OK - front localhost:$(port other): 220-one moment | "* ]]
	has other.log $'^heard QUIT\r$'
}

@test "a whole chain is looked at, up to the mail server, by IPv6 too" {
	mail_server smtp1
	pool "smtp1 127.0.0.1:$(port smtp1)"
	free_port front
	start front socat -t 10 "TCP6-LISTEN:$(port front),bind=::1,reuseaddr,fork" "EXEC:etd-connect -v backends.cdb"
	wait_for eval 'ss -Hltn | grep -q "\[::1\]:$(port front)"'
	run -0 etd-status -n -f "[::1]:$(port front)"
	[[ $output == 'ETD OK - '*': 220 smtp1.example'* ]]
	has front.log 'etd-connect: end .*state=--'
}

@test "a front that serves nobody is CRITICAL, and the line says how" {
	# fails WHY PROGRAM ...
	fails() {
		local why=$1
		shift
		serve front "$@"
		run -2 look -w 0.5
		[[ $output == "ETD CRITICAL - front 127.0.0.1:$(port front): $why" || $output == "ETD CRITICAL - front 127.0.0.1:$(port front): $why | "* ]]
		stop front
	}
	fails 'no greeting in time' sleep 60
	fails 'the greeting did not end in time' sh -c 'echo 220-wait; sleep 60'
	fails '421 4.3.0 Service not available, try again later' env ETD_DELAY=2s etd-delay true
	list
	fails '421 4.3.2 no mail server available' etd-connect backends.cdb
	fails '554 5.7.1 go away / now' echo '554 5.7.1 go away | now'
	fails 'closed without a greeting' true
	fails 'not an SMTP reply: SSH-2.0' echo SSH-2.0
	run -2 look -w 5
	[ "$output" = "ETD CRITICAL - front 127.0.0.1:$(port front): unable to connect: Connection refused" ]
}

@test "a front behind a load balancer is looked at with a PROXY header: as a client, or as the balancer's own check" {
	start_server front env ETD_PROXY_FROM=127.0.0.1 ETD_DELAY=0.3 etd-server -v -1H 127.0.0.1 0 \
		sh -c 'echo "220 $TCPREMOTEIP"; exec cat >/dev/null'
	run -2 look -w 0.5
	[[ $output == *': no greeting in time'* ]]
	for version in 1 2; do
		run -0 look -P $version -c 192.0.2.$version
		[[ $output == *": 220 192.0.2.$version | greeting=0."[3-9]* ]]
		run -0 look -P $version -c 2001:db8::$version
		[[ $output == *": 220 2001:db8::$version | greeting=0."[3-9]* ]]
	done
	has front.log '^etd-server: pass ip=192\.0\.2\.1 port=[1-9]'
	# Version 1 names this host, which is held; version 2 says LOCAL, which is not.
	run -0 look -P 1
	[[ $output == *': 220 127.0.0.1 | greeting=0.'[3-9]* ]]
	run -0 look -P 2
	[[ $output == *': 220 127.0.0.1 | greeting=0.'[012]* ]]
	has front.log '^etd-server: exempt ip=127\.0\.0\.1 '
}

@test "etd-proxy takes the header of etd-status, and so does HAProxy; a front that wants none refuses it" {
	serve front env ETD_DELAY=0.3 etd-proxy -v etd-delay -v sh -c 'echo 220; exec cat >/dev/null'
	run -0 look -P 2
	has front.log 'etd-proxy: proxy ip=127\.0\.0\.1 .* version=2 command=local$'
	has front.log 'etd-delay: pass ip=127\.0\.0\.1 '
	run -0 look -P 1 -c 192.0.2.7
	has front.log 'etd-proxy: proxy ip=192\.0\.2\.7 .* version=1 command=proxy$'
	has front.log 'etd-delay: pass ip=192\.0\.2\.7 '
	mail_server smtp1
	proxied_server ha smtp1
	for version in 1 2; do
		run -0 etd-status -n -f "[::1]:$(port ha)" -P $version -c 2001:db8::$version
		has ha.log "2001:db8::$version:[1-9]"
	done
	stop front
	serve front env ETD_DELAY=2 etd-delay true
	run -2 look -P 2
	[[ $output == *': 554 5.5.1 '* ]]
}

@test "a front whose name is not known is UNKNOWN; bad usage" {
	run -3 etd-status -n -f no-such-host.invalid:25
	[[ $output == 'ETD UNKNOWN - front no-such-host.invalid:25: '* ]]
	for arguments in '-f 127.0.0.1:25' '-n -w 5 backends.cdb' '-n -f 127.0.0.1:25 backends.cdb' '-j -f 127.0.0.1:25' \
		'-n -f 127.0.0.1:25 -c 192.0.2.7' '-n -P 2 backends.cdb'; do
		# shellcheck disable=SC2086
		run -100 etd-status $arguments
		[ "$output" = 'etd-status: usage: etd-status [ -jnp ] [ -a seconds ] [ -s counts.cdb ] [ backends.cdb ] | -n -f host:port [ -P version [ -c client ] ] [ -w seconds ]' ]
	done
}

@test "etd-status names the value that is wrong" {
	bad() { run -100 etd-status -n "${@:2}"; [ "$output" = "etd-status: fatal: $1" ]; }
	for front in 127.0.0.1 ::1:25 127.0.0.1: 127.0.0.1:65536 127.0.0.1:0; do
		bad "-f $front: not host:port" -f "$front"
	done
	bad '-P 3: not 1 or 2' -f 127.0.0.1:25 -P 3
	bad '-c mx.example.com: not an address' -f 127.0.0.1:25 -P 1 -c mx.example.com
	bad '-w 0: not a number of seconds above 0 up to 600' -f 127.0.0.1:25 -w 0
	bad '-w 30s: not a number of seconds above 0 up to 600' -f 127.0.0.1:25 -w 30s
	bad '-a soon: not a whole number of seconds from 1 to 31536000' -a soon -s counts.cdb
}
