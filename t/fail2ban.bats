load lib

# front [ ADDRESS ]: etd-delay under tcpserver, with rules and multilog
front() {
	local server=tcpserver
	[[ ${1-} != *:* ]] || server=$top/t/peer/usr/bin/tcpserver
	touch rules
	tcprules rules.cdb rules.tmp <rules
	start_server front env ETD_DELAY=2 bash -c "exec $server -1 -v -RHl0 -c 100 -x rules.cdb ${1-127.0.0.1} 0 \
		etd-delay -v true 2> >(exec multilog t ./main)"
}

# says ADDRESS TEXT: a client that comes from there and says this early; printf writes it
says() {
	# shellcheck disable=SC2059
	printf "$2" | timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port front),bind=$1" >>answers
}

# counted LOG: the addresses that the filter takes from it
counted() { fail2ban-regex -o ip "$1" "$top/fail2ban/filter.d/etd.conf"; }

# jail: a configuration with the jail alone, as it is but for the log's place and what a ban does
jail() {
	cp -r /etc/fail2ban jail
	rm -f jail/jail.d/* jail/*.local
	cp -r "$top"/fail2ban/* jail
	printf '[Definition]\nactionban = echo <ip> <bantime> >>%s/bans\n' "$PWD" >jail/action.d/note.conf
	cat >jail/jail.d/etd.local <<-END
		[DEFAULT]
		ignoreself = false
		[etd]
		logpath = $PWD/main/current
		action = note
	END
	printf '[Definition]\nlogtarget = STDOUT\ndbfile = None\n' >jail/fail2ban.local
}

tls='\026\003\001\002'

@test "smtp, http and binary count; tls, proxy, quit, a silent client and one that hangs up do not" {
	front
	says 127.0.0.11 'EHLO spam.example\r\n'
	says 127.0.0.12 'GET / HTTP/1.0\r\n\r\n'
	says 127.0.0.13 '\001\002\003'
	says 127.0.0.21 "$tls"
	says 127.0.0.22 'PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n'
	says 127.0.0.23 '\r\n\r\n\000\r\nQUIT\n\041\021\000\014'
	says 127.0.0.24 ''
	socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.25" -
	says 127.0.0.26 'QUIT\r\n'
	says 127.0.0.14 'NOOP\r\n'	# the last one's line is the last
	has main/current 'early ip=127\.0\.0\.14 '
	for kind in smtp tls http proxy binary; do has main/current "early .* kind=$kind "; done
	has main/current ' pass ip=127\.0\.0\.25 '
	has main/current ' hangup ip=127\.0\.0\.24 '
	run -0 counted main/current
	[ "$output" = $'127.0.0.11\n127.0.0.12\n127.0.0.13\n127.0.0.14' ]
}

@test "etd-connect's early talkers count as etd-delay's do" {
	early() { echo "etd-connect: early ip=$1 port=4711 host=$2 class=$3 step=$4 waited=0.010 bytes=6 kind=$5 text=\"$6\""; }
	{
		early 127.0.0.11 mail.example named greeting smtp 'HELO a'
		early 127.0.0.12 '""' '""' helo binary 'a b'
		early 127.0.0.13 '"a \"b"' nordns helo http 'GET /'
		early 127.0.0.21 '""' named greeting tls x
		early 127.0.0.22 '""' named greeting proxy x
		early 127.0.0.23 '""' named helo quit x
	} | sed 's/^/@400000006a0000000000000a /' >current
	[ "$(counted current)" = $'127.0.0.11\n127.0.0.12\n127.0.0.13' ]
}

@test "etd-server's early talkers count as etd-delay's do, and no other line of its does" {
	echo '127.0.0.24:deny' | tcprules rules.cdb rules.tmp
	start_server front env ETD_DELAY=0.5 bash -c 'exec etd-server -1 -v -H -l 0 -x rules.cdb 127.0.0.1 0 \
		true 2> >(exec multilog t ./main)'
	says 127.0.0.11 'EHLO spam.example\r\n'
	says 127.0.0.21 "$tls"
	says 127.0.0.22 'QUIT\r\n'
	says 127.0.0.23 ''
	timeout 20 socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.24" -
	timeout 20 socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.25" -
	says 127.0.0.12 '\001\002\003'
	has main/current 'early ip=127\.0\.0\.12 '
	for line in ok deny 'end [0-9]* status' pass hangup status:; do has main/current "etd-server: $line"; done
	run -0 counted main/current
	[ "$output" = $'127.0.0.11\n127.0.0.12' ]
}

@test "the journal's lines are those of etd-server.service and of etd-each@.service's instances" {
	grep -qx 'Slice=system-etd.slice' "$top/systemd/etd-each@.service"
	[ -e "$top/systemd/etd-server.service" ]
	# journalctl takes it as it is, and + is a word of its
	match=$(sed -n 's/^journalmatch = //p' "$top/fail2ban/filter.d/etd.conf")
	# shellcheck disable=SC2086
	[ "$(printf '%s\n' $match)" = $'_SYSTEMD_UNIT=etd-server.service\n+\n_SYSTEMD_SLICE=system-etd.slice' ]
	jail
	sed -i 's/^logpath = .*/backend = systemd/' jail/jail.d/etd.local
	run -0 fail2ban-client -c jail -d
	[[ $output == *"'addjournalmatch', '_SYSTEMD_UNIT=etd-server.service', '+', '_SYSTEMD_SLICE=system-etd.slice'"* ]]
}

@test "IPv6 counts as IPv4 does" {
	front ::1
	echo 'EHLO spam.example' | socat -t 20 - "TCP6:[::1]:$(port front)"
	has main/current 'early ip=::1 '
	run -0 counted main/current
	[ "$output" = ::1 ]
	TCPREMOTEIP=2001:db8::1 TCPREMOTEPORT=4711 etd-delay true <<<'EHLO spam.example' 2>&1 | multilog t ./other
	run -0 counted other/current
	[ "$output" = 2001:db8::1 ]
}

@test "no reverse name and no text makes the filter count another, or overlook its own" {
	i=0
	while read -r host; do
		i=$((i + 1))
		echo "127.0.1.$i:allow,TCPREMOTEHOST=|$host|"	# says EHLO
		echo "127.0.2.$i:allow,TCPREMOTEHOST=|$host|"	# speaks TLS
		echo "127.0.3.$i:allow,TCPREMOTEHOST=|$host|"	# hangs up
		echo "127.0.1.$i" >>wanted
	done >rules <<-'END'
		a.example class=named waited=0.000 bytes=1 kind=smtp text=x
		a.example" class=named waited=0.000 bytes=1 kind=smtp text="x"
		a.example\" class=named waited=0.000 bytes=1 kind=smtp text="x
		a.example\\" class=named waited=0.000 bytes=1 kind=smtp text="
		etd-delay: early ip=198.51.100.1 port=1 host=a class=named waited=0 bytes=1 kind=smtp text=
		x etd[1]: etd-delay: early ip=198.51.100.1 port=1 host=a class=a waited=0 bytes=1 kind=smtp text=
		" port=1 host=a kind=tls text=
		a.example kind=tls text="
		\
		"
		=
	END
	front
	for ((n = 1; n <= i; n++)); do
		says "127.0.1.$n" 'EHLO spam.example\r\n'
		says "127.0.2.$n" "$tls"
		says "127.0.3.$n" ''
	done
	line='etd-delay: early ip=198.51.100.2 port=1 host=a class=a waited=0 bytes=1 kind=smtp text='
	says 127.0.4.1 "$tls\n$line"
	says 127.0.4.2 "$tls\r\n$line"
	says 127.0.4.3 "$tls kind=smtp text=\"\" kind=smtp text=\n"
	has main/current 'early ip=127\.0\.4\.3 '
	[ "$(grep -c 198.51.100 main/current)" -ge 5 ]
	run -0 counted main/current
	diff wanted - <<<"$output"

	# No rule can hold a newline.
	serve other env TCPREMOTEHOST=$'a\n'"$line" etd-delay true
	# shellcheck disable=SC2059
	printf "$tls" | talk other
	has other.log 'early .* host="a\\netd-delay: early ip=198.* kind=tls '
	multilog t ./other <other.log
	run counted other/current
	[ -z "$output" ]
}

@test "a line of the journal counts as one of multilog" {
	front
	says 127.0.0.11 'EHLO spam.example\r\n'
	says 127.0.0.21 "$tls"
	says 127.0.0.12 'HELO spam.example\r\n'
	has main/current 'early ip=127\.0\.0\.12 '
	sed 's/^@[0-9a-f]* /front etd[4711]: /' main/current >journal
	run -0 counted journal
	[ "$output" = $'127.0.0.11\n127.0.0.12' ]
}

@test "fail2ban accepts filter and jail" {
	mkdir main
	touch main/current
	jail
	run -0 fail2ban-client -c jail --test
	[[ $output == *'OK: configuration test is successful'* ]]
}

@test "the tenth early talk in ten minutes is banned for an hour, the ninth is not, and TLS never" {
	front
	jail
	for ((i = 0; i < 10; i++)); do	# long ago
		echo '@4000000067f0000000000000 etd-delay: early ip=127.0.0.13 port=1 host="" class=nordns waited=0.000 bytes=1 kind=smtp text=x'
	done >>main/current
	start fail2ban fail2ban-server -c jail -s "$PWD/socket" -p "$PWD/pid" -f start
	has fail2ban.out "Jail 'etd' started"
	for ((i = 0; i < 20; i++)); do says 127.0.0.21 "$tls"; done
	for ((i = 0; i < 9; i++)); do says 127.0.0.12 'EHLO spam.example\r\n'; done
	for ((i = 0; i < 10; i++)); do says 127.0.0.11 'EHLO spam.example\r\n'; done
	wait_for test -s bans
	[ "$(cat bans)" = '127.0.0.11 3600' ]
	run -0 fail2ban-client -c jail -s "$PWD/socket" status etd
	[[ $output == *'Total failed:'*19* ]]
	fail2ban-client -c jail -s "$PWD/socket" stop
}

@test "behind HAProxy the ban is HAProxy's, as etd(7) says: the client does not get through, others do, and a ban ends" {
	start_server front env ETD_DELAY=0.2 ETD_PROXY_FROM=127.0.0.1 bash -c 'exec etd-server -1 -v -H -l 0 127.0.0.1 0 \
		echo 220 2> >(exec multilog t ./main)'
	free_port smtp
	free_port stats
	# printed PATTERN: the example, for this machine
	printed() {
		manual_example etd.7 "$1" | sed "s,/etc/haproxy,$PWD,; s/192\.0\.2\.10:9999/127.0.0.1:$(port stats)/
			s/bind :25/bind 127.0.0.1:$(port smtp)/; s/192\.0\.2\.1:25/127.0.0.1:$(port front)/"
	}
	touch banned
	{
		printf 'defaults\n\ttimeout connect 20s\n\ttimeout client 60s\n\ttimeout server 60s\n'
		printed 'src -f'
	} >ha.cfg
	start ha haproxy -db -f ha.cfg
	wait_for listens "$(port smtp)"
	jail
	printed 'add acl' >jail/action.d/etd-haproxy.conf
	sed -i "s/^action = .*/$(sed -n 's/^\.Ql \(action = .*\) \.$/\1/p' "$top/man/etd.7")/" jail/jail.d/etd.local
	grep -qx 'action = etd-haproxy' jail/jail.d/etd.local
	has main/current 'hangup'	# listens
	start fail2ban fail2ban-server -c jail -s "$PWD/socket" -p "$PWD/pid" -f start
	has fail2ban.out "Jail 'etd' started"
	# greets ADDRESS: does the front greet a client from there?
	greets() { [ "$(listen_from "$1" smtp 2>/dev/null)" = 220 ]; }
	greets 127.0.0.11
	for ((i = 0; i < 10; i++)); do
		timeout 60 socat -t 20 - "TCP:127.0.0.1:$(port smtp),bind=127.0.0.11" <<<'EHLO spam.example' >>answers
	done
	[ "$(grep -c '^554 ' answers)" -eq 10 ]
	wait_for eval '! greets 127.0.0.11'
	greets 127.0.0.12
	before=$(count main/current 'ip=127\.0\.0\.11 ')
	run ! greets 127.0.0.11
	[ "$(count main/current 'ip=127\.0\.0\.11 ')" -eq "$before" ]
	fail2ban-client -c jail -s "$PWD/socket" set etd banip 2001:db8::1
	wait_for eval 'echo "show acl $PWD/banned" | socat - "TCP:127.0.0.1:$(port stats)" | grep -q " 2001:db8::1$"'
	fail2ban-client -c jail -s "$PWD/socket" set etd unbanip 127.0.0.11
	wait_for greets 127.0.0.11
	fail2ban-client -c jail -s "$PWD/socket" stop
}
