load lib

# try_example PATTERN: the run script of etd-delay.8 that has it, with this machine's address,
# port and account, and no list to ask; sets the server front
try_example() {
	manual_example etd-delay.8 "$1" >run.as.printed
	grep -q '^exec' run.as.printed
	sed "s/ -u 1001 -g 1001 0 25/ -1 -Hl0 127.0.0.1 0/; s/ -r zen\.spamhaus\.org//; s/ETD_DELAY=6 ETD_DELAY_NORDNS=15/ETD_DELAY=20 ETD_DELAY_NORDNS=0.3/; s/^exec 2>&1//" \
		run.as.printed >run
	! diff -q run run.as.printed >/dev/null
	echo ':allow' | tcprules rules.cdb rules.tmp
	store store
	mkdir -p bin
	printf '#!/bin/sh\nQUEUEDIR=%s exec mailfront smtp queuedir accept\n' "$PWD/store" >bin/qmail-smtpd
	chmod +x bin/qmail-smtpd run
	PATH=$PWD/bin:$PATH
	start front ./run
	wait_for test -s front.out
	cp front.out front.port
}

sends_mail() {
	swaks --server "127.0.0.1:$(port front)" --helo client.example --from me@client.example --to you@front.example >swaks.out
	[ "$(find store/new -type f | wc -l)" -eq 1 ]
}

@test "etd-delay.8: before rblsmtpd" {
	try_example ETD_DELAY_NORDNS=15
	sends_mail
	run -0 talk front <<<'HELO spam.example'
	[[ $output == 554\ * ]]
}

@test "etd-delay.8: after rblsmtpd" {
	export ETD_DELAY=0.3
	try_example 'rblsmtpd -r zen.spamhaus.org etd-delay qmail-smtpd'
	sends_mail
	run -0 talk front <<<'HELO spam.example'
	[[ $output == 554\ * ]]
}

@test "etd-delay.8: rblsmtpd does the talking" {
	export ETD_DELAY=0.3
	try_example ETD_ACTION=rblsmtpd
	sends_mail
	run -0 talk front <<<$'HELO spam.example\nMAIL FROM:<>\nRCPT TO:<you@front.example>\nQUIT'
	[ "${lines[3]}" = $'553 5.5.1 Refused: you talked before the greeting\r' ]
}

@test "etd-delay.8: a teaser" {
	export ETD_DELAY=0.3
	try_example ETD_TEASER=
	sends_mail
	grep -q '^<-  220-mx.example.com one moment' swaks.out
}
