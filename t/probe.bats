load lib

# backend SCRIPT: one that says what the bash script does, in place of the one before it
backend() {
	[ ! -e odd.pid ] || stop odd
	echo "$1" >odd.script
	serve odd bash odd.script
	echo "odd 127.0.0.1:$(port odd) helo=mx.example ${2-}" >backends
}

# verdict: of one probe, as "up" or as the step and the reason
verdict() {
	checkd -o backends backends.cdb 2>&1 | sed -n 's/checkd: up .*/up/p; s/checkd: down .*\(step=\)/\1/p'
}

@test "replies come in any fragments, of several lines, with a bare LF" {
	backend '
		say() { for ((i = 0; i < ${#1}; i++)); do printf %s "${1:i:1}"; sleep 0.002; done; }
		say $'\''220-one\r\n220-two\n220 three\r\n'\''; read -r helo
		say $'\''250-one\r\n250\r\n'\''; read -r ehlo
		say $'\''250-one\r\n250\r\n'\''; read -r quit
		say $'\''221 bye\r\n'\''; echo "$helo $ehlo $quit" >&2'
	[ "$(verdict)" = up ]
	has odd.log $'^HELO mx.example\r EHLO mx.example\r QUIT\r$'
}

@test "a reason that an administrator can act on: what the backend said instead" {
	backend 'printf "421 too busy\r\n"'
	[ "$(verdict)" = 'step=greeting reason="421 too busy"' ]
	backend 'printf "220 hi\r\n421 4.3.2 closing\r\n"; read -r helo'
	[ "$(verdict)" = 'step=helo reason="421 4.3.2 closing"' ]
	backend 'perl -e "syswrite STDOUT, qq(220 hi\r\n250 ok\r\n)"; read -r helo; read -r quit'
	[ "$(verdict)" = 'step=helo reason="a reply before HELO was sent"' ]
	backend 'printf "554-no\r\n554 service\r\n"; read -r quit'
	[ "$(verdict)" = 'step=greeting reason=554-no' ]
	backend 'printf "220 hi\r\n"; read -r helo; printf "501 who are you\r\n"; read -r quit'
	[ "$(verdict)" = 'step=helo reason="501 who are you"' ]
	backend 'printf "SSH-2.0-OpenSSH_9.2\r\n"; read -r ssh'
	[ "$(verdict)" = 'step=greeting reason="not an SMTP reply: SSH-2.0-OpenSSH_9.2"' ]
	backend 'printf "220-hi\r\nHTTP/1.0 400 \e[31mBad %099d\r\n" 0; read -r http'
	[ "$(verdict)" = "step=greeting reason=\"not an SMTP reply: HTTP/1.0 400 \\x1b[31mBad $(printf %059d 0)\"" ]
	backend 'printf "2200 hi\r\n"; read -r quit'
	[ "$(verdict)" = 'step=greeting reason="not an SMTP reply: 2200 hi"' ]
	backend 'printf "\r\n"; read -r quit'
	[ "$(verdict)" = 'step=greeting reason="a line without a reply code"' ]
	backend 'printf "220 hi\r\n"; read -r helo; printf "250-one\r\n251 two\r\n"; read -r quit'
	[ "$(verdict)" = 'step=helo reason="a reply with two codes"' ]
}

@test "a reason that an administrator can act on: silence, or a closed connection" {
	backend 'sleep 60' timeout=1
	[ "$(verdict)" = 'step=greeting reason="no greeting in time"' ]
	backend 'printf "220-one\r\n22"; sleep 60' timeout=1
	[ "$(verdict)" = 'step=greeting reason="no greeting in time"' ]
	backend 'printf "220 hi\r\n"; sleep 60' timeout=2
	[ "$(verdict)" = 'step=helo reason="no reply in time"' ]
	backend 'true'
	[ "$(verdict)" = 'step=greeting reason="connection closed"' ]
	backend 'printf "220 hi\r\n"; read -r helo; echo "heard $helo" >&2'
	[ "$(verdict)" = 'step=helo reason="connection closed"' ]
	has odd.log '^heard HELO'
	stop odd
	[ "$(verdict)" = 'step=connect reason="Connection refused"' ]
	echo 'lost 192.0.2.1:25 timeout=0.3' >backends	# TEST-NET-1, where nobody answers
	[[ $(verdict) == 'step=connect reason="'* ]]
}

@test "a reply has bounds: a NUL byte, an over-long line and a greeting without end are refused" {
	backend 'printf "220 a\0b\r\n"; read -r quit'
	[ "$(verdict)" = 'step=greeting reason="a NUL byte in the reply"' ]
	backend 'printf "220 %5000d\r\n" 0; read -r quit'
	[ "$(verdict)" = 'step=greeting reason="an over-long line"' ]
	backend 'yes 220-welcome'
	[ "$(verdict)" = 'step=greeting reason="a reply without end"' ]
}

@test "without a 221, and with one that is none, the probe has passed all the same" {
	backend 'printf "220 hi\r\n"; read -r helo; printf "250 ok\r\n"; read -r quit; sleep 60'
	[ "$(verdict)" = up ]
	backend 'printf "220 hi\r\n"; read -r helo; printf "250 ok\r\n"; read -r quit; printf "huh\r\n"'
	[ "$(verdict)" = up ]
}

@test "a backend that greets after 8 seconds is up, with inter=3" {
	backend 'sleep 8; printf "220 hi\r\n"; read -r helo; printf "250 ok\r\n"; read -r quit; printf "221 bye\r\n"' \
		'inter=3 timeout=10'
	start checkd checkd -v backends backends.cdb
	has checkd.log ': up backend=odd .* passes=1$'
	[ "$(count checkd.log 'fail\|down')" -eq 0 ]
}

@test "ten probes leave nothing in the log of a real Postfix but ten connections" {
	postfix_server pf
	echo "pf 127.0.0.1:$(port pf) inter=0.1" >backends
	start checkd checkd backends backends.cdb
	has_lines pf.mail.log 'disconnect from' 10
	stop checkd
	[ "$(count checkd.log 'backend=pf')" -eq 1 ]
	run ! grep -v -e 'postfix-script' -e ' daemon started ' -e ': connect from localhost\[127\.0\.0\.1\]$' \
		-e ': disconnect from localhost\[127\.0\.0\.1\] helo=1 ehlo=1 quit=1 commands=3$' \
		-e ': disconnect from localhost\[127\.0\.0\.1\] helo=1 quit=1 commands=2$' pf.mail.log
	[ "$(count pf.mail.log ' ehlo=1 ')" -eq 1 ]
}

@test "source=ADDRESS is where a probe comes from; one that this host lacks is named" {
	mail_server a
	echo "a 127.0.0.1:$(port a) source=127.0.0.99" >backends
	[ "$(verdict)" = up ]
	has a.log ' 127\.0\.0\.99'
	[ "$(cdb -q backends.cdb 0)" = "a 127.0.0.1 $(port a) source=127.0.0.99" ]
	echo "a 127.0.0.1:$(port a) source=192.0.2.7" >backends
	[ "$(verdict)" = 'step=connect reason="source=192.0.2.7: Cannot assign requested address"' ]
}

@test "send-proxy: a real Postfix that expects a PROXY header takes the probe's, and refuses one without" {
	postfix_server pf smtpd_upstream_proxy_protocol=haproxy smtpd_upstream_proxy_timeout=2s
	echo "pf 127.0.0.1:$(port pf) send-proxy" >backends
	[ "$(verdict)" = up ]
	[ "$(cdb -q backends.cdb 0)" = "pf 127.0.0.1 $(port pf) send-proxy" ]
	echo "pf 127.0.0.1:$(port pf) send-proxy-v2 source=client" >backends
	[ "$(verdict)" = up ]
	[ "$(cdb -q backends.cdb 0)" = "pf 127.0.0.1 $(port pf) send-proxy-v2 source=client" ]
	run ! grep -e warning:.*smtpd -e 'smtpd.*lost connection' pf.mail.log
	echo "pf 127.0.0.1:$(port pf)" >backends
	[[ $(verdict) == step=greeting* ]]
}

@test "send-proxy: HAProxy's accept-proxy takes both versions, over IPv4 and IPv6" {
	mail_server a
	proxied_server front a
	for options in send-proxy send-proxy-v2; do
		for address in 127.0.0.1 '[::1]'; do
			echo "front $address:$(port front) $options" >backends
			[ "$(verdict)" = up ]
		done
	done
	echo "front 127.0.0.1:$(port front) timeout=1" >backends
	[[ $(verdict) == step=greeting* ]]
}
