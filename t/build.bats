load lib

# copy: the project as it is built, in the current directory; clean_copy: as it is checked out
copy() { (cd "$top" && tar c --exclude=./.git --exclude=./t .) | tar x; }
clean_copy() { copy && make -s clean; }

# One of each kind is enough.
two='etd-delay/etd-delay checkd/checkd'

@test "auto takes the cheapest start-up that the machine offers, and says which" {
	clean_copy
	echo auto >conf-cc
	run -0 make $two
	[[ $output == *'programs that start for each client: musl-gcc -static '* ]]
	[[ $output == *'all other programs: cc '* ]]
	run -1 grep -a -q ld-linux etd-delay/etd-delay

	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/musl-gcc
	chmod +x bin/musl-gcc
	make -s clean
	PATH=$PWD/bin:$PATH run -0 make etd-delay/etd-delay
	[[ $output == *'programs that start for each client: cc -static '* ]]

	printf '#!/bin/sh\nfor a; do [ "$a" != -static ] || exit 1; done\nexec gcc "$@"\n' >bin/cc
	chmod +x bin/cc
	make -s clean
	PATH=$PWD/bin:$PATH run -0 make etd-delay/etd-delay
	[[ $output == *'programs that start for each client: cc -O2 '* ]]
	run -0 grep -a -q ld-linux etd-delay/etd-delay
}

@test "find-cc knows two kinds of programs, and names none of them" {
	for kind in '' -d; do "$top/find-cc" $kind "$top/conf-cc" >/dev/null 2>>said; done
	[ "$(wc -l <said)" -eq 2 ]
	for program in "$top"/etd-*/ "$top/checkd/"; do run ! grep -w "$(basename "$program")" "$top/find-cc" said; done
}

@test "a conf-cc of the user's own is obeyed, and an edit of it builds everything again" {
	clean_copy
	make -s $two
	sleep 1	# make compares whole seconds on some file systems
	{ echo 'cc -O1 -DOWN'; cat conf-cc; } >own && mv own conf-cc
	run -0 make $two
	[[ $output == *'programs that start for each client: cc -O1 -DOWN'*'all other programs: cc -O1 -DOWN'* ]]
	[ "$(cat compile)" = $'#!/bin/sh\nexec cc -O1 -DOWN "$@"' ]
}

# is_hardened PROGRAM COMMAND: a PIE, with each symbol bound at the start and what that wrote read-only, stack
# protectors, and, on amd64, the start of each function marked as a place to jump to. The note that has the
# processor check that is there wherever the C library's own start-up files have it: COMMAND links them.
is_hardened() {
	readelf -W -h "$1" | grep -q 'Type: *DYN'
	readelf -W -d "$1" | grep -q 'FLAGS_1.*NOW.*PIE'
	readelf -W -l "$1" | grep -q GNU_RELRO
	run ! grep -q 'GNU_STACK.*E' <(readelf -W -l "$1")
	readelf -W -s "$1" | grep -q __stack_chk_fail
	[ "$(uname -m)" = x86_64 ] || return 0
	objdump -d --disassemble=main "$1" | grep -q endbr64
	echo 'int main(void) { return 0; }' >empty.c
	"$2" -o empty empty.c
	[ "$(marks empty)" = "$(marks "$1")" ]
}
marks() { readelf -W -n "$1" 2>/dev/null | grep -o 'x86 feature: .*' || :; }

@test "checkd, etd-server and etd-status are hardened, and buffers are checked" {
	clean_copy
	echo auto >conf-cc
	make -s checkd/checkd etd-server/etd-server etd-status/etd-status
	for program in checkd/checkd etd-server/etd-server etd-status/etd-status; do
		is_hardened $program ./compile-daemon
		readelf -W --dyn-syms $program | grep -q '_chk@GLIBC'
	done
}

@test "with the line hardened, the programs for each client are hardened, too, still static, and work" {
	clean_copy
	echo hardened >conf-cc
	run -0 make etd-delay/etd-delay etd-connect/etd-connect etd-proxy/etd-proxy checkd/checkd
	[[ $output == *'programs that start for each client: musl-gcc -static '* ]]
	[[ $output != *warning* ]]
	for program in etd-delay etd-connect etd-proxy; do
		is_hardened $program/$program ./compile
		run -1 grep -q INTERP <(readelf -W -l $program/$program)
	done
	is_hardened checkd/checkd ./compile-daemon
	mail_server smtp1
	list smtp1
	ETD_DELAY=1 serve front etd-delay/etd-delay etd-connect/etd-connect backends.cdb
	run -0 talk front <<<'EHLO spam.example'
	[ "$output" = $'554 5.5.1 Refused: you talked before the greeting\r' ]
	send front >swaks.out
	[ "$(find smtp1/new -type f | wc -l)" -eq 1 ]
}

@test "with the line hardened and no musl, they are static with the C library of cc, or else dynamic" {
	clean_copy
	echo hardened >conf-cc
	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/musl-gcc
	chmod +x bin/musl-gcc
	PATH=$PWD/bin:$PATH run -0 make etd-delay/etd-delay
	[[ $output == *'programs that start for each client: cc -static-pie '* ]]
	is_hardened etd-delay/etd-delay ./compile
	printf '#!/bin/sh\nfor a; do [ "$a" != -static-pie ] || exit 1; done\nexec gcc "$@"\n' >bin/cc
	chmod +x bin/cc
	make -s clean
	PATH=$PWD/bin:$PATH run -0 make etd-delay/etd-delay
	[[ $output == *'programs that start for each client: cc -pie '* ]]
	is_hardened etd-delay/etd-delay ./compile
	[ "$(etd-delay/etd-delay --version)" = "etd-delay $(cat VERSION)" ]
}

@test "the build has no warnings, by gcc or by clang-like strictness" {
	clean_copy
	echo 'cc -O2 -Wall -Wextra -Werror -Wshadow -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes' >conf-cc
	make
}

@test "make install puts programs and pages below DESTDIR and PREFIX" {
	copy
	make -s install DESTDIR="$PWD/dest" PREFIX=/opt/etd
	diff - <(cd dest && find . -type f | sort) <<-'EOF'
		./opt/etd/bin/checkd
		./opt/etd/bin/etd-conf
		./opt/etd/bin/etd-connect
		./opt/etd/bin/etd-delay
		./opt/etd/bin/etd-drain
		./opt/etd/bin/etd-proxy
		./opt/etd/bin/etd-report
		./opt/etd/bin/etd-server
		./opt/etd/bin/etd-status
		./opt/etd/lib/systemd/system/etd-checkd.service
		./opt/etd/lib/systemd/system/etd-each.socket
		./opt/etd/lib/systemd/system/etd-each@.service
		./opt/etd/lib/systemd/system/etd-server.service
		./opt/etd/lib/systemd/system/etd.socket
		./opt/etd/lib/sysusers.d/etd.conf
		./opt/etd/share/etd/fail2ban/filter.d/etd.conf
		./opt/etd/share/etd/fail2ban/jail.d/etd.conf
		./opt/etd/share/etd/grafana/etd.json
		./opt/etd/share/man/man5/etd-backends.5
		./opt/etd/share/man/man7/etd-testing.7
		./opt/etd/share/man/man7/etd.7
		./opt/etd/share/man/man8/checkd.8
		./opt/etd/share/man/man8/etd-conf.8
		./opt/etd/share/man/man8/etd-connect.8
		./opt/etd/share/man/man8/etd-delay.8
		./opt/etd/share/man/man8/etd-drain.8
		./opt/etd/share/man/man8/etd-proxy.8
		./opt/etd/share/man/man8/etd-report.8
		./opt/etd/share/man/man8/etd-server.8
		./opt/etd/share/man/man8/etd-status.8
	EOF
}

@test "make uninstall takes away what make install has put there, and no more" {
	copy
	mkdir -p dest/opt/etd/bin dest/opt/etd/share/man/man8
	touch dest/opt/etd/bin/other dest/opt/etd/share/man/man8/other.8
	make -s install DESTDIR="$PWD/dest" PREFIX=/opt/etd
	make -s uninstall DESTDIR="$PWD/dest" PREFIX=/opt/etd
	[ "$(cd dest && find . -type f | sort)" = $'./opt/etd/bin/other\n./opt/etd/share/man/man8/other.8' ]
}

@test "the manual pages are clean mdoc" {
	# What else the pages refer to need not be installed here.
	run --separate-stderr mandoc -T lint "$top"/man/*.[578]	# in one pipe they cut up each other's lines
	[ -z "$(echo "$output" | grep -v 'referenced manual not found')" ]
	[ -z "$(echo "$stderr" | grep -v 'mandoc\.db')" ]
}

@test "mdoc eats no word of a message: No is a macro" {
	for page in etd-connect etd-status; do
		run -0 mandoc -T ascii -O width=200 "$top/man/$page.8"
		[[ $output == *'No such file or directory'* ]]
	done
}

@test "the manual knows each variable that the programs read, and no other" {
	cd "$top"
	code=$(grep -ohE '"ETD_[A-Z_]+"' ./*/*.c | tr -d '"' | sort -u)
	manual=$(grep -ohE 'ETD_[A-Z_]+' man/* | sort -u)
	[ "$code" = "$manual" ]
}

@test "the shell scripts are clean" {
	cd "$top"
	shellcheck -x .ci/run debian/check etd-conf/etd-conf.sh etd-drain/etd-drain.sh etd-report/etd-report.sh find-cc t/bench/checkd t/bench/etd-connect t/bench/etd-delay t/bench/etd-server t/bench/etd-server-dns t/demo t/fuzz/build t/fuzz/fuzz t/package t/run t/sanitize t/setup t/faketime.bash t/front.bash t/lib.bash t/site.bash t/soak/faults t/soak/postfix t/soak/soak t/valgrind
}
