load lib

unset ETD_ROOT	# they set it themselves

# soak ARG ...: in a namespace of its own as root; the site and its logs are in the test's directory
soak() {
	cd "$top" || return 1
	let_others_in
	TMPDIR=$BATS_TEST_TMPDIR t/soak/soak "$@"
}

# figures WORDS: the three of that line of the table
figures() { sed -n "s/^ *$1  *\([0-9]*\)  *\([0-9]*\)  *\([0-9]*\)\$/\1 \2 \3/p" "$BATS_TEST_TMPDIR/table"; }
none() { [ "$(figures "$1")" = '0 0 0' ]; }
some() { [[ $(figures "$1") =~ ^[1-9][0-9]*\ [1-9][0-9]*\ [1-9][0-9]*$ ]]; }

# instead PROGRAM LINE ...: it is a script of these lines, in which $real is the program itself: a copy beside
# it, since the account of the daemons may not reach the project's directory
instead() {
	mkdir -p bin
	cp "$(command -v "$1")" "bin/$1.real"
	{ printf '#!/bin/bash\nreal=${0%%/*}/%s.real\n' "$1"; printf '%s\n' "${@:2}"; } >"bin/$1"
	chmod +x "bin/$1"
	export SOAK_PATH=$PWD/bin
}

@test "the soak: nothing is lost, doubled or altered, and each client is answered as it deserves, with faults" {
	soak -r 30 -f 'server-term passed-noise list-noise state-disk-full' 460 >"$BATS_TEST_TMPDIR/table"
	[ "$(figures sessions)" = '152 152 156' ]
	none 'answered 250 and missing'
	none 'stored twice'
	none 'altered'
	none 'early talkers let in'
	none 'on a list, let in'
	none 'patient clients refused for early talk'
	none 'ended without a word'
	some 'mails answered 250 and stored'
	if [ "$(id -u)" -eq 0 ]; then
		[[ $(figures 'by BDAT') =~ [1-9] ]]
		[[ $(figures 'through TLS') =~ [1-9] ]]
	fi
	some 'early talkers refused'
	[[ $(figures 'on a list, refused') =~ ^0\ 0\ [1-9] ]]
	for fault in server-term passed-noise list-noise; do grep -q "^faults:.* $fault [1-9]" "$BATS_TEST_TMPDIR/table"; done
	[ -z "$(ls -d "$BATS_TEST_TMPDIR"/etd-soak.* 2>/dev/null)" ]
}

@test "the soak finds mail that a backend has accepted and not stored" {
	# shellcheck disable=SC2016
	instead smtp-sink '[[ $* != *smtp2* ]] || set -- "${@/#new\/%s./lost/%s.}"' 'exec $real "$@"'
	run -1 soak -f '' 200
	echo "$output" >"$BATS_TEST_TMPDIR/table"
	some 'answered 250 and missing'
}

@test "the soak finds mail that is stored twice, and clients that are let in after early talk or from a list" {
	# shellcheck disable=SC2016
	instead etd-delay 'ETD_SYNC=off ETD_IDLE_TIMEOUT=2 exec env "$@"'
	# shellcheck disable=SC2016
	instead etd-server 'ETD_DNSBL_ACTION=log exec $real "$@"'
	# shellcheck disable=SC2016
	instead smtp-sink '(while sleep 0.02; do for m in new/[!.]*; do cp "$m" "new/.${m#new/}" && mv "new/.${m#new/}" "$m.again"; done; done) 2>/dev/null &' \
		'exec $real "$@"'
	run -1 soak -f '' 200
	echo "$output" >"$BATS_TEST_TMPDIR/table"
	[[ $(figures 'stored twice') =~ [1-9] ]]
	[[ $(figures 'early talkers let in') =~ ^[1-9][0-9]*\ 0\ 0$ ]]
	[[ $(figures 'on a list, let in') =~ ^0\ 0\ [1-9] ]]
}

@test "the soak finds a fault that has no effect" {
	# shellcheck disable=SC2016
	instead mv '[[ $* != *state/noise* ]] || exit 0' 'exec $real "$@"'
	run -1 soak -f list-noise 200
	[[ $output = *'list-noise: no effect is seen'* ]]
}

@test "the soak finds a byte that has changed in a stored mail" {
	cc -D_GNU_SOURCE -o stored "$top/t/soak/stored.c" "$top/t/soak/mail.c"
	cat >make.c <<-'END'
		#include <stdio.h>
		#include "mail.h"
		int main(void) { size_t n; char *m = mail_stored(7, 3000, &n); puts("X-Helo-Args: x"); fwrite(m, 1, n, stdout); return 0; }
	END
	cc -I"$top/t/soak" -o make make.c "$top/t/soak/mail.c"
	mkdir new
	./make >new/whole
	./make | head -c 2000 >new/part
	./make | tr A B >new/other
	[ "$(./stored new </dev/null | sort | tr '\n' ' ')" = 'altered 7 new/other partial 7 new/part stored 7 ' ]
	[ "$(ls new | tr '\n' ' ')" = 'other part ' ]
}

@test "the soak finds patient clients that are refused, and clients that are left without a word" {
	# shellcheck disable=SC2016
	instead etd-delay '[ $((RANDOM % 3)) -gt 0 ] || { sleep 0.3; echo 554 no; exit 0; }' 'exec $real "$@"'
	# shellcheck disable=SC2016
	instead etd-connect '[ $((RANDOM % 3)) -gt 0 ] || exit 0' 'exec $real "$@"'
	run -1 soak -f '' 200
	echo "$output" >"$BATS_TEST_TMPDIR/table"
	[[ $(figures 'patient clients refused for early talk') =~ ^[1-9][0-9]*\ 0\ 0$ ]]
	some 'ended without a word'
}

@test "the soak finds that no mail goes through TLS" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	# without a certificate, Postfix does not offer STARTTLS
	instead openssl 'exit 0'
	run -1 soak -f '' 500
	echo "$output" >"$BATS_TEST_TMPDIR/table"
	[[ $(figures 'by BDAT') =~ [1-9] ]]
	none 'through TLS'
	[[ $output == *'no mail went by BDAT, or none through TLS'* ]]
}

@test "a client that is on a list counts as refused or let in, and never as wronged" {
	printf '1 %s 0 0 %s plain\n' listed 554 listed 550 listed stored lockstep 554 >told.front
	echo '2000000001 lockstep 0 0 stored plain' >told.server
	printf '300000000%d listed %d %d stored plain\n' 1 3900 5000 2 20000 20001 >told.all
	printf 'stored %d\n' 1 2000000001 3000000001 3000000002 >stored.log
	echo '4000 8000 resolver-dead blind' >faults
	touch measured
	awk -f "$top/t/soak/table.awk" faults measured stored.log told.front told.server told.all >table || :
	[ "$(figures 'on a list, refused')" = '2 0 0' ]
	[ "$(figures 'on a list, let in')" = '1 0 1' ]
	[ "$(figures 'since the list did not answer in time')" = '0 0 1' ]
	[ "$(figures 'patient clients refused for early talk')" = '1 0 0' ]
}

@test "a fault excuses the end of a connection only at the fronts that it concerns, and never a client that hangs" {
	printf '%d scanner 100 %d %s plain\n' 1 5000 silent 2 15000 silent 3 25000 silent 4 25000 hung >told.front
	sed 's/^/200000000/' told.front >told.server
	sed 's/^/300000000/' told.front >told.all
	printf '%s\n' '4000 6000 passed-noise unreachable' '14000 16000 server-term restarted' '24000 26000 backend-killed cut' >faults
	touch measured stored.log
	awk -f "$top/t/soak/table.awk" faults measured stored.log told.front told.server told.all >table || :
	[ "$(figures 'because a fault cut the connection')" = '1 2 3' ]
	[ "$(figures 'ended without a word')" = '3 2 1' ]
}

@test "the load's PROXY headers are valid, and say where its clients come from" {
	cc -D_GNU_SOURCE -o load "$top"/t/soak/{load,client,plan,origin,early,wire,mail}.c -lssl -lcrypto
	mail_server mx
	proxied_server lb mx
	./load -p -l ::1 "$(port lb)" 192 50 0 300 0 >told
	./load -p -l 127.0.0.1 "$(port lb)" 192 50 0 300 192 >>told
	[ "$(grep -c . told)" -eq 384 ]
	[ "$(grep -c ' listed ' told)" -eq 6 ]
	has_lines lb.log ' 127\.1\.[0-9]*\.13:4711 ' 6
	has lb.log ' 2001:db8:7f01:[0-9a-f]*::1:4711 '
	has_lines lb.log ' 127\.254\.0\.14:4711 ' 2
	[ "$(count lb.log 'broken\|not a PROXY\|invalid')" -eq 0 ]
}
