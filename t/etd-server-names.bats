load lib

# front [ VARIABLE=VALUE ... ] etd-server [ OPTION ... ]: its program says who it thinks the client is
front() {
	rm -f front.log
	start_server front env ETD_DELAY=0 DNSCACHEIP="${resolver-}" "$@" -1 -v 127.0.0.1 0 \
		sh -c 'echo "${TCPREMOTEHOST-unset} $ETD_CLASS"'
}

# named ADDRESS TEXT: what the program says for a client with that address
named() {
	run -0 listen_from "$1" front
	[ "$output" = "$2" ] || { echo "$1: $output"; return 1; }
}
none='unset nordns'

@test "a client's name is looked up, in lower case, and says its class" {
	resolver '127.0.0.2 PTR Mail.Example.ORG' '127.0.0.3 PTR dsl-1-2-3-4.example.net' \
		'127.0.0.1 PTR front.example'
	front etd-server
	named 127.0.0.2 'mail.example.org named'
	named 127.0.0.3 'dsl-1-2-3-4.example.net dynamic'
	named 127.0.0.4 "$none"
	has front.log '^etd-server: exempt ip=127\.0\.0\.2 port=[0-9]* host=mail\.example\.org class=named waited=0\.000$'
	# By now the name of the address that they came to is known too.
	has front.log '^etd-server: ok [0-9]* front\.example:127\.0\.0\.1:[0-9]* :127\.0\.0\.4::[0-9]*$'
}

@test "with -H no name is asked for, and with -l not this host's" {
	resolver '* PTR mail.example.org'
	front etd-server -H
	named 127.0.0.2 "$none"
	[ ! -s resolver.log ]
	front etd-server -l here.example
	named 127.0.0.2 'mail.example.org named'
	has front.log 'ok [0-9]* here\.example:127\.0\.0\.1:'
	[ "$(cat resolver.log)" = 'udp PTR 2.0.0.127.in-addr.arpa' ]
}

@test "a name that does not exist, is refused, or fails, is none at once" {
	resolver '127.0.0.2 PTR !rcode=2' '127.0.0.3 PTR !rcode=5' '127.0.0.4 PTR' '127.0.0.5 PTR !rcode=9'
	front ETD_DNS_TIMEOUT=60 etd-server
	for i in 2 3 4 5 6; do named "127.0.0.$i" "$none"; done
}

@test "what has no answer in ETD_DNS_TIMEOUT has no name, and nobody else waits for it" {
	resolver '127.0.0.2 PTR !silent' '127.0.0.3 PTR mail.example.org' '127.0.0.4 PTR !late=1 late.example.org'
	front ETD_DNS_TIMEOUT=60 etd-server
	start slow socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has resolver.log '2\.0\.0\.127'
	named 127.0.0.3 'mail.example.org named'
	[ ! -s slow.out ]
	front ETD_DNS_TIMEOUT=0.3 etd-server
	named 127.0.0.2 "$none"
	named 127.0.0.3 'mail.example.org named'
	# Its answer comes when nobody waits for it any more.
	named 127.0.0.4 "$none"
	sleep 1
	named 127.0.0.3 'mail.example.org named'
}

@test "a name that takes seconds is waited for, however fast other answers have been" {
	resolver '127.0.0.2 PTR !late=4 slow.example.org' '* PTR mail.example.org'
	front etd-server -l here.example
	for i in 3 4 5 6; do named "127.0.0.$i" 'mail.example.org named'; done
	named 127.0.0.2 'slow.example.org named'
}

@test "an answer that is later than the hold is waited for, and the early talk meanwhile is judged by it" {
	resolver '127.0.0.2 PTR !late=0.5 mail.example.org' '127.0.0.1 PTR !silent'
	front ETD_DELAY=0.1 etd-server
	named 127.0.0.2 'mail.example.org named'
	has front.log 'pass ip=127\.0\.0\.2 .* host=mail\.example\.org class=named waited=0\.[5-9]'
	run -0 bash -c "echo EHLO | socat -t 20 - TCP:127.0.0.1:$(port front),bind=127.0.0.2"
	[[ $output == 554\ * ]]
	# It talked right away, though it was answered later.
	has front.log 'early ip=127\.0\.0\.2 .* host=mail\.example\.org class=named waited=0\.[0-4]'
	# Who leaves meanwhile has hung up, without a name.
	run -0 bash -c ": | socat -t 20 - TCP:127.0.0.1:$(port front),bind=127.0.0.2"
	has front.log 'hangup ip=127\.0\.0\.2 port=[0-9]* host="" class="" waited=0\.[0-4]'
}

@test "garbage is no answer, and does no harm" {
	resolver '127.0.0.2 PTR !noise' '127.0.0.3 PTR !id a.example' '127.0.0.4 PTR !question a.example' \
		'127.0.0.5 PTR !short a.example' '127.0.0.6 PTR !empty' '127.0.0.9 PTR mail.example.org'
	front ETD_DNS_TIMEOUT=0.3 etd-server
	for _ in 1 2 3; do
		for i in 2 3 4 5 6; do
			named "127.0.0.$i" "$none"
			named 127.0.0.9 'mail.example.org named'
		done
	done
}

@test "what is no name of a host is no name" {
	long=$(printf 'a%.0s' {1..63})
	resolver '127.0.0.2 PTR a\000.example' '127.0.0.3 PTR a\010b.example' '127.0.0.4 PTR a\032b.example' \
		'127.0.0.5 PTR a\046b.example' '127.0.0.6 PTR \226\152.example' '127.0.0.7 PTR 192.0.2.1' \
		'127.0.0.8 PTR 127.1' '127.0.0.9 PTR a.example.7' '127.0.0.10 PTR a\034b.example' \
		'127.0.0.11 PTR a:b.example' '127.0.0.12 PTR .' \
		"127.0.0.13 PTR $long.$long.$long.${long:2}" "127.0.0.14 PTR $long.$long.$long.$long.$long" \
		'127.0.0.15 PTR a-b_c.3example' '127.0.0.16 PTR a%s.example' '127.0.0.17 PTR a=b.example'
	front ETD_DNS_TIMEOUT=1 etd-server
	for i in 2 3 4 5 6 7 8 9 10 11 12 14 16 17; do named "127.0.0.$i" "$none"; done
	named 127.0.0.13 "$long.$long.$long.${long:2} named"
	named 127.0.0.15 'a-b_c.3example named'
	run -1 env LC_ALL=C grep -a '[^ -~]' front.log
}

@test "of several names the first is taken, as tcpserver takes it, and a CNAME is followed" {
	resolver '127.0.0.2 PTR one.example' '127.0.0.2 PTR two.example' '127.0.0.2 PTR three.example' \
		'127.0.0.3 CNAME 3.0-31.0.0.127.in-addr.arpa' '3.0-31.0.0.127.in-addr.arpa PTR mail.example.org'
	front etd-server
	named 127.0.0.2 'one.example named'
	named 127.0.0.3 'mail.example.org named'	# RFC 2317
}

@test "with -p a name counts only if it leads back to the client's address" {
	resolver '127.0.0.2 PTR good.example' 'good.example A 192.0.2.1' 'good.example A 127.0.0.2' \
		'127.0.0.3 PTR liar.example' 'liar.example A 192.0.2.1' \
		'127.0.0.4 PTR alias.example' 'alias.example CNAME real.example' 'real.example A 127.0.0.4' \
		'127.0.0.5 PTR gone.example' '127.0.0.6 PTR silent.example' 'silent.example A !silent' \
		'127.0.0.7 PTR six.example' 'six.example AAAA ::ffff:127.0.0.7'
	front ETD_DNS_TIMEOUT=1 etd-server
	named 127.0.0.3 'liar.example named'
	front ETD_DNS_TIMEOUT=1 etd-server -p
	named 127.0.0.2 'good.example named'
	named 127.0.0.4 'alias.example named'
	for i in 3 5 6 7; do named "127.0.0.$i" "$none"; done
}

@test "the domains of resolv.conf are added to no name" {
	resolver '127.0.0.2 PTR gone' 'gone.own.example A 127.0.0.2'
	front LOCALDOMAIN=own.example etd-server -p
	named 127.0.0.2 "$none"
	[ "$(count resolver.log own.example)" -eq 0 ]
}

@test "names of IPv6 addresses are looked up, and confirmed, too" {
	resolver '::1 PTR six.example' 'six.example AAAA 2001:db8::1' 'six.example AAAA ::1'
	start_server front env ETD_DELAY=0 DNSCACHEIP="$resolver" etd-server -p -1 ::1 0 \
		sh -c 'echo "$PROTO $TCPREMOTEIP $TCPREMOTEHOST $TCP6REMOTEHOST"'
	run -0 socat -u "TCP6:[::1]:$(port front)" -
	[ "$output" = 'TCP6 ::1 six.example six.example' ]
}

@test "of a name that does not fit, what is there counts, and no resolver is asked by TCP" {
	resolver '127.0.0.2 PTR !tc mail.example.org' '127.0.0.3 PTR !cut mail.example.org' \
		'127.0.0.4 PTR many.example' 'many.example A !cut 192.0.2.1' 'many.example A !cut 127.0.0.4' \
		'127.0.0.5 PTR too.many.example' 'too.many.example A !tc 127.0.0.5' 'mail.example.org A 127.0.0.3'
	front ETD_DNS_TIMEOUT=5 etd-server -p
	named 127.0.0.2 "$none"
	named 127.0.0.3 'mail.example.org named'
	named 127.0.0.4 'many.example named'
	named 127.0.0.5 "$none"
	[ "$(count resolver.log '^tcp')" -eq 0 ]
}

@test "a resolver that cannot be asked is asked again until ETD_DNS_TIMEOUT, and then there is no name" {
	resolver=255.255.255.255	# sendto fails at once: EACCES
	front ETD_DNS_TIMEOUT=0.5 etd-server
	named 127.0.0.2 "$none"
	free_port nobody
	resolver=127.0.0.1:$(port nobody)
	front ETD_DNS_TIMEOUT=0.5 etd-server
	named 127.0.0.2 "$none"
}

@test "a resolver that is restarted costs no client its name" {
	resolver '127.0.0.2 PTR mail.example.org' '127.0.0.3 PTR !silent'
	front ETD_DNS_TIMEOUT=60 etd-server -l here.example
	start waiting socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.3" -
	has resolver.log '3\.0\.0\.127'
	stop resolver
	start client socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	wait_for has_accepted front "$(cat front.pid)" 127.0.0.2
	sleep 0.5
	zone '127.0.0.2 PTR mail.example.org' '127.0.0.3 PTR late.example.org'
	start resolver perl "$top/t/dns" zone "$(port resolver)"
	has client.out '^mail\.example\.org named$'
	has waiting.out '^late\.example\.org named$'
}

@test "a resolver that says that it has failed, or refuses, is asked once; another one is asked then" {
	resolver '127.0.0.2 PTR !rcode=2' '127.0.0.3 PTR !rcode=5'
	front ETD_DNS_TIMEOUT=60 etd-server -l here.example
	named 127.0.0.2 "$none"
	named 127.0.0.3 "$none"
	[ "$(count resolver.log PTR)" -eq 2 ]
	resolver=" $resolver "
	printf '127.0.0.%d PTR mail.example.org\n' 2 3 >other
	start_server other perl "$top/t/dns" other
	resolver+=127.0.0.1:$(port other)
	front ETD_DNS_TIMEOUT=60 etd-server -l here.example
	named 127.0.0.2 'mail.example.org named'
	named 127.0.0.3 'mail.example.org named'
	# Neither of them knows it.
	printf '127.0.0.%d PTR !rcode=2\n' 2 >other
	named 127.0.0.2 "$none"
}

@test "all connections of one address are one question for its name, though thousands come and go" {
	resolver '127.0.0.2 PTR !silent' '127.0.0.3 PTR mail.example.org'
	front ETD_DNS_TIMEOUT=60 ETD_HELD=100 etd-server -l here.example
	perl -MSocket -e 'for (1 .. 3000) {
		socket my $s, PF_INET, SOCK_STREAM, 0 or die;
		bind $s, sockaddr_in(0, inet_aton("127.0.0.2")) or die;
		connect $s, sockaddr_in($ARGV[0], INADDR_LOOPBACK) or die;
		setsockopt $s, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0;	# resets
	}' "$(port front)"
	for i in 1 2 3; do start "client$i" socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -; done
	named 127.0.0.3 'mail.example.org named'
	# It is repeated after some seconds, as long as there is no answer.
	[ "$(count resolver.log 2.0.0.127)" -le 3 ]
	zone '127.0.0.2 PTR two.example'
	kill -HUP "$(cat front.pid)"
	for i in 1 2 3; do has "client$i.out" '^two\.example named$'; done
}

@test "however many resolvers there are, a name whose servers are silent is asked for until ETD_DNS_TIMEOUT, and no longer" {
	resolver '* PTR !silent'
	local all=$resolver
	for i in 2 3; do
		start_server "resolver$i" perl "$top/t/dns" zone 0 "127.0.0.$i"
		all+=" 127.0.0.$i:$(port "resolver$i")"
	done
	resolver=$all
	front ETD_DNS_TIMEOUT=2 etd-server -l here.example
	named 127.0.0.4 "$none"
	asked=$(cat resolver*.log | grep -c '4\.0\.0\.127')
	[ "$asked" -ge 3 ]
	named 127.0.0.5 "$none"
	[ "$(cat resolver*.log | grep -c '4\.0\.0\.127')" -eq "$asked" ]
}

@test "DNSCACHEIP may name several resolvers, and what is no address there is bad configuration" {
	resolver '127.0.0.2 PTR mail.example.org'
	free_port nobody
	resolver=" 127.0.0.1:$(port nobody)   $resolver "
	front etd-server
	named 127.0.0.2 'mail.example.org named'
	for value in x 127.0.0 127.0.0.1: 127.0.0.1:65536 '[::1' '[::1]53' '[127.0.0.1' '127.0.0.1,127.0.0.2' ']:53' \
		"$(printf '127.0.0.%s ' {1..17})"; do
		DNSCACHEIP=$value run -100 etd-server 127.0.0.1 0 true
		[[ $output == 'etd-server: fatal: DNSCACHEIP='*': not addresses of resolvers' ]]
	done
	for value in '' ' ' ::1 '[::1]:53' 127.0.0.1:53 '127.0.0.1 ::1'; do	# good: the port is not
		DNSCACHEIP=$value run -111 etd-server 127.0.0.1 no-such-port true
	done
}

@test "HUP asks again what has not been answered" {
	resolver '127.0.0.2 PTR !silent' '127.0.0.1 PTR !silent'
	front ETD_DNS_TIMEOUT=60 etd-server
	start client socat -u "TCP:127.0.0.1:$(port front),bind=127.0.0.2" -
	has resolver.log '2\.0\.0\.127'
	zone '127.0.0.2 PTR mail.example.org'
	kill -HUP "$(cat front.pid)"
	has client.out '^mail\.example\.org named$'
}

@test "a real resolver is asked in its own way" {
	free_port real
	start real dnsmasq --keep-in-foreground --port="$(port real)" --listen-address=127.0.0.1 --bind-interfaces \
		--no-resolv --no-hosts --conf-file=/dev/null --pid-file= --user="$(id -un)" \
		--ptr-record=2.0.0.127.in-addr.arpa,mail.example.org --host-record=mail.example.org,127.0.0.2 \
		--ptr-record=3.0.0.127.in-addr.arpa,liar.example.org --host-record=liar.example.org,192.0.2.1
	wait_for listens "$(port real)"
	resolver=127.0.0.1:$(port real)
	front etd-server -p
	named 127.0.0.2 'mail.example.org named'
	named 127.0.0.3 "$none"
	named 127.0.0.4 "$none"
}
