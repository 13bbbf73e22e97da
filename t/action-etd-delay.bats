# What etd-delay and etd-server have in common: see front.bash.
load lib
load front

# rblsmtpd's own dialogue, in which each command but HELO, QUIT and the like meets the reply
mail='HELO spam.example
MAIL FROM:<spam@spam.example>
RCPT TO:<you@front.example>
QUIT'

@test "an unknown ETD_ACTION is bad configuration" {
	bad_setting ETD_ACTION=drop 'ETD_ACTION=drop: not reject, rblsmtpd or log'
}

@test "ETD_ACTION=rblsmtpd before rblsmtpd: it refuses with 553 where the reply's code is 5xx" {
	front ETD_ACTION=rblsmtpd ETD_DELAY=20 rblsmtpd echo passed
	run -0 talk front <<<"$mail"
	[ "${lines[0]}" = $'220 rblsmtpd.local\r' ]
	[ "${lines[3]}" = $'553 5.5.1 Refused: you talked before the greeting\r' ]
	[[ $output != *passed* ]]
	has front.log 'rblsmtpd: 127\.0\.0\.1 pid [0-9]*: 553 5\.5\.1 Refused'
}

@test "ETD_ACTION=rblsmtpd before rblsmtpd: 451 where it is 4xx, with the text of all its lines" {
	front ETD_ACTION=rblsmtpd ETD_REPLY=$'450-4.7.1 slowly\n450 4.7.1 please' ETD_DELAY=20 rblsmtpd echo passed
	run -0 talk front <<<"$mail"
	[ "${lines[3]}" = $'451 4.7.1 slowly 4.7.1 please\r' ]
	# A hyphen would turn it into a 553.
	front ETD_ACTION=rblsmtpd ETD_REPLY='450 -slowly' ETD_DELAY=20 rblsmtpd echo passed
	run -0 talk front <<<"$mail"
	[ "${lines[3]}" = $'451 slowly\r' ]
}

@test "ETD_ACTION=rblsmtpd: a silent client passes both" {
	front ETD_ACTION=rblsmtpd ETD_DELAY=0.2 rblsmtpd sh -c 'echo "$ETD_RESULT ${RBLSMTPD-unset}"'
	run -0 listen front
	[ "$output" = 'pass unset' ]
}

@test "ETD_ACTION=rblsmtpd without rblsmtpd: the next program finds RBLSMTPD and the client's bytes" {
	front ETD_ACTION=rblsmtpd ETD_DELAY=20 sh -c 'read -r line; echo "$ETD_RESULT/$RBLSMTPD/$line"'
	run -0 talk front <<<'HELO spam.example'
	[ "$output" = 'early/-5.5.1 Refused: you talked before the greeting/HELO spam.example' ]
}

@test "ETD_ACTION=rblsmtpd: a client that is listed already goes on at once" {
	front ETD_ACTION=rblsmtpd RBLSMTPD=-listed ETD_DELAY=20 -v rblsmtpd true
	run -0 talk front <<<"$mail"
	[ "${lines[3]}" = $'553 listed\r' ]
	has front.log "$etd: exempt .* waited=0\.000$"
	# An empty one, which rblsmtpd takes for a good client, is no listing.
	front ETD_ACTION=rblsmtpd RBLSMTPD= ETD_DELAY=20 -v rblsmtpd true
	run -0 talk front <<<"$mail"
	[[ ${lines[3]} == 553\ 5.5.1\ * ]]
	# The other actions leave RBLSMTPD alone.
	front RBLSMTPD=-listed ETD_DELAY=0.2 rblsmtpd -t 0 true
	run -0 listen front
	[ "$output" = $'553 listed\r' ]
	has front.log 'pass .*\|rblsmtpd: '
}

@test "ETD_ACTION=log: an early talker is logged and goes on, its bytes unread" {
	front ETD_ACTION=log ETD_DELAY=20 sh -c 'read -r line; echo "$ETD_RESULT $line"'
	run -0 talk front <<<'HELO spam.example'
	[ "$output" = 'early HELO spam.example' ]
	has front.log "^$etd: early .*kind=smtp"
}

@test "the teaser is the greeting's first line, which the next program completes" {
	store store
	front ETD_TEASER='mx.example one moment' ETD_DELAY=0.5 store/smtpd
	send front >swaks.out
	[ "$(grep -c '^<-  220' swaks.out)" -eq 2 ]
	grep -q '^<-  220-mx.example one moment' swaks.out
	[ "$(find store/new -type f | wc -l)" -eq 1 ]
	front ETD_TEASER='mx.example one moment' ETD_DELAY=0.2 RBLSMTPD=-listed rblsmtpd true
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); head -n 2 <&5; echo QUIT >&5; cat <&5"
	[ "${lines[0]}" = $'220-mx.example one moment\r' ]
	[ "${lines[1]}" = $'220 rblsmtpd.local\r' ]
}

@test "a client that answers the teaser has talked early" {
	front ETD_TEASER='mx.example one moment' ETD_DELAY=20 echo 220
	run -0 bash -c "exec 5<>/dev/tcp/127.0.0.1/$(port front); read -r line <&5; echo \"\$line\"; echo HELO >&5; cat <&5"
	[ "$output" = $'220-mx.example one moment\r\n554 5.5.1 Refused: you talked before the greeting\r' ]
	has front.log 'early .* kind=smtp '
}

@test "an exempt client gets no teaser, an empty one is none, a bad one is bad configuration" {
	front ETD_TEASER='one moment' ETD_DELAY=0 echo 220
	run -0 listen front
	[ "$output" = 220 ]
	front ETD_TEASER= ETD_DELAY=0.2 echo 220
	run -0 listen front
	[ "$output" = 220 ]
	export ETD_DELAY=0	# it is found before anybody is held
	bad_setting ETD_TEASER=$'one\nmoment' 'ETD_TEASER=one\nmoment: not one line of printable ASCII'
}
