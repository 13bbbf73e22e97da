load lib

programs='checkd etd-conf etd-connect etd-delay etd-drain etd-proxy etd-report etd-server etd-status'

@test "each program that is built is asked here" {
	make -s -C "$top" install DESTDIR="$PWD" PREFIX=
	[ "$(ls bin | xargs)" = "$programs" ]
}

@test "--version prints the version, which is in one place, and CHANGES and the package agree" {
	version=$(cat "$top/VERSION")
	for program in $programs; do
		run -0 --separate-stderr $program --version
		[ "$output" = "$program $version" ]
		[ -z "$stderr" ]
	done
	[[ $(head -n 1 "$top/CHANGES") == "$version"[,\ ]* ]]
	[[ $(head -n 1 "$top/debian/changelog") == "etd ($version"[-\)]* ]]
}

@test "--help prints the usage, a line for each option, and the name of the page" {
	for program in $programs; do
		run -0 --separate-stderr $program --help
		[ -z "$stderr" ]
		[[ ${lines[0]} == "usage: $program "* ]]
		[ "${lines[-1]}" = "See $program(8)." ]
		# Each option of the page's synopsis, and no other
		diff <(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/p' "$top/man/$program.8" | sed -n 's/.*Fl \([A-Za-z0-9]*\).*/\1/p' | grep -o . | sort -u) \
			<(printf '%s\n' "${lines[@]}" | sed -n 's/^  \(-.*\)  .*/\1/p' | grep -o '[A-Za-z0-9]' | sort -u)
	done
}

@test "both are the first argument; further on they are the next program's" {
	for option in --version --help; do
		[ "$(ETD_DELAY=0 etd-delay sh -c 'echo "$0"' $option </dev/null)" = $option ]
	done
}

@test "--help and --version tell a client nothing else, and no 421" {
	for program in etd-delay etd-connect etd-proxy; do
		serve front $program --help
		run -0 listen front
		[[ $output == usage:*'(8).' ]]
		stop front
		serve front $program --version
		run -0 listen front
		[ "$output" = "$program $(cat "$top/VERSION")" ]
		stop front
	done
}
