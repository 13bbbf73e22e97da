load lib

# checked NAME ...: checkd keeps backends.cdb for these servers, and has found them up
checked() {
	local name
	echo 'default helo=front.example inter=0.3 rise=1 fall=2' >backends
	for name; do echo "$name 127.0.0.1:$(port "$name")" >>backends; done
	start checkd checkd backends backends.cdb
	has_lines checkd.log ': up backend=' $#
	wait_for all_listed $#
}
all_listed() { [ "$(cdb -q backends.cdb slots)" -eq "$1" ]; }

# front SECONDS: the whole chain, with this hold
front() { serve front env ETD_DELAY="$1" etd-delay -v etd-connect -v backends.cdb; }

@test "a mail of 10 MB arrives whole, and both backends are used in turn" {
	mail_server smtp1
	mail_server smtp2
	checked smtp1 smtp2
	front 0.2
	head -c 7500000 /dev/urandom | base64 >body	# 10 MB of lines
	{ printf 'Subject: large\n\n'; cat body; } >mail
	for _ in 1 2 3 4; do send front --suppress-data --data @mail >>swaks.out; done
	for name in smtp1 smtp2; do
		[ "$(find $name/new -type f | wc -l)" -eq 2 ]
		for mail in "$name"/new/*; do sed '1,/^$/d' "$mail" | cmp -n "$(stat -c %s body)" - body; done
	done
	has_lines front.log 'etd-connect: end .* state=--$' 4
}

# patient ID: a client that waits for the greeting and sends one mail, marked with ID.
# Prints ID, the greeting's code and that of the reply to the mail, or - where there was none.
patient() {
	local id=$1 greeting=- final=- line command
	if exec 5<>"/dev/tcp/127.0.0.1/$(port front)" && read -r -t 30 line <&5; then
		greeting=${line:0:3}
		for command in 'HELO client.example' 'MAIL FROM:<me@client.example>' \
			'RCPT TO:<you@front.example>' DATA; do
			[[ $line == [23]* ]] || break
			printf '%s\r\n' "$command" >&5
			read -r -t 30 line <&5 || line=-
		done
		if [[ $line == 354* ]]; then
			printf 'Subject: %s\r\n\r\n.\r\n' "$id" >&5
			if read -r -t 30 line <&5; then final=${line:0:3}; fi
		fi
		printf 'QUIT\r\n' >&5
	fi 2>/dev/null
	echo "$id $greeting $final"
}

@test "a backend killed under load loses no mail that was answered 250, and every client is greeted or told 4xx" {
	mail_server smtp1
	mail_server smtp2
	checked smtp1 smtp2
	front 1
	trap '' PIPE
	for id in {1..200}; do
		patient "mail$id" >>results 3>&- &
		# Half of the sessions are still held when the backend dies, others are in their mail.
		[ "$id" -ne 100 ] || { has_lines front.log 'etd-connect: end' 10; stop smtp1; }
	done
	wait_for eval '[ "$(wc -l <results)" -eq 200 ]'

	# No greeting at all would be a client that was dropped.
	[ "$(count results '^mail[0-9]* [24][0-9][0-9] ')" -eq 200 ]
	awk '$3 == 250 { print $1 }' results | sort >accepted
	cat smtp1/new/* smtp2/new/* | sed -n 's/.*Subject: //p' | tr -d '\r' | sort >stored
	[ -z "$(comm -23 accepted stored)" ]
	[ "$(wc -l <accepted)" -ge 100 ]
	has checkd.log 'down backend=smtp1'
}

@test "checkd killed with -9 is restarted by supervise and goes on" {
	mail_server smtp1
	mail_server smtp2
	echo 'default helo=front.example inter=0.3 rise=1 fall=2' >backends
	for name in smtp1 smtp2; do echo "$name 127.0.0.1:$(port $name)" >>backends; done
	mkdir checkd
	printf '#!/bin/sh\nexec checkd ../backends ../backends.cdb\n' >checkd/run
	chmod +x checkd/run
	start supervise supervise checkd
	wait_for all_listed 2
	old=$(svstat checkd | sed 's/.*pid \([0-9]*\).*/\1/')
	kill -KILL "$old"
	stop smtp2
	wait_for all_listed 1
	[[ $(svstat checkd) == *": up (pid "* && $(svstat checkd) != *"(pid $old)"* ]]
	front 0.1
	send front >swaks.out
}

@test "front and backend over IPv6" {
	PATH=$top/t/peer/usr/bin:$PATH	# the tcpserver of ucspi-tcp-ipv6
	tcpserver6() {
		local name=$1
		shift
		start_server "$name" tcpserver -1 -v -RHl "$name.example" ::1 0 "$@"
	}
	store smtp1
	tcpserver6 smtp1 smtp1/smtpd
	echo "smtp1 [::1]:$(port smtp1)" >backends
	start checkd checkd backends backends.cdb
	has checkd.log "up backend=smtp1 addr=\[::1\]:$(port smtp1) passes=1"
	wait_for all_listed 1
	tcpserver6 front env ETD_DELAY=2 etd-delay -v etd-connect -v backends.cdb
	swaks --server '[::1]' --port "$(port front)" --helo client.example --from me@client.example --to you@front.example >swaks.out
	has front.log 'etd-delay: pass ip=::1 port='
	has front.log "etd-connect: end ip=::1 .* addr=\[::1\]:$(port smtp1) .* state=--"
	[ "$(find smtp1/new -type f | wc -l)" -eq 1 ]
	run -0 socat -t 20 - "TCP6:[::1]:$(port front)" <<<'EHLO spam.example'
	[[ $output == 554\ * ]]
	has front.log 'etd-delay: early ip=::1 '
}
