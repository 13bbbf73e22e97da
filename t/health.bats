load lib

# rise, fall, results (P a pass, F a failure) and the state after each (U up, D down)
table='
	2 3 PPPPP         UUUUU
	2 3 FFFFF         DDDDD
	2 3 PFPFPF        UUUUUU
	2 3 PFFPFFPFFF    UUUUUUUUUD
	2 3 PFFFPFPP      UUUDDDDU
	2 3 FPPFFPFFF     DDUUUUUUD
	2 3 FPFPFPP       DDDDDDU
	1 1 PFPFFP        UDUDDU
	1 3 FPFFF         DUUUD
	3 1 PFPPFPPP      UDDDDDDU
	5 2 FPPPPFPPPPPFF DDDDDDDDDDUUD
'

@test "rise and fall: the state machine alone" {
	"$top/compile-daemon" -I "$top/checkd" -I "$top/lib" -o health "$top/t/health.c" "$top/checkd/health.c"
	while read -r rise fall results states; do
		[ -n "$rise" ] || continue
		echo "$rise $fall $results"
		[ "$(echo "$rise $fall $results" | ./health)" = "$states" ]
	done <<<"$table"
}

# expected RESULTS STATES: the lines that checkd -v logs on the way; what passes and changes nothing has none
expected() {
	local before='' state streak=0 last='' i
	for ((i = 0; i < ${#1}; i++)); do
		state=${2:i:1}
		[ "${1:i:1}" = "$last" ] || streak=0
		last=${1:i:1}
		streak=$((streak + 1))
		case $last$before$state in
		PU | PDU) echo "up passes=$streak" ;;
		FD | FUD) echo "down failures=$streak" ;;
		F*) echo "fail failures=$streak" ;;
		esac
		before=$state
	done
}

@test "rise and fall: the same through the daemon" {
	# Each backend plays its line and then stays as it was at the end.
	cat >play <<-'EOF'
		read -r results <results
		[ "${#results}" -le 1 ] || echo "${results:1}" >results
		[ -n "${results:1}" ] || echo x >>played
		case $results in
		P*) printf '220 hi\r\n'; read -r helo; printf '250 ok\r\n'; read -r quit; printf '221 bye\r\n' ;;
		F*) printf '421 busy\r\n'; read -r quit ;;
		esac
	EOF
	while read -r rise fall results states; do
		[ -n "$rise" ] || continue
		dir=$PWD/$rise-$fall-$results
		mkdir "$dir"
		echo "$results" >"$dir/results"
		serve "$results" sh -c "cd $dir && exec bash ../play"
		echo "$rise-$fall-$results 127.0.0.1:$(port "$results") inter=0.1 rise=$rise fall=$fall" >>backends
	done <<<"$table"
	start checkd checkd -v backends backends.cdb
	while read -r rise fall results states; do
		[ -n "$rise" ] || continue
		has_lines "$rise-$fall-$results/played" x 2
		n=$(expected "$results" "$states" | grep -c .)
		diff <(sed -n "s/checkd: \([a-z]*\) backend=$rise-$fall-$results addr=[^ ]* \([a-z]*=[0-9]*\).*/\1 \2/p" \
			checkd.log | head -n "$n") <(expected "$results" "$states")
	done <<<"$table"
}
