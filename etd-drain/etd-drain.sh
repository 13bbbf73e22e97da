# shellcheck shell=sh
# etd-drain: takes a backend out of use and says when its last session has ended, or puts it
# back; see etd-drain(8). The version is above.
# Exits 100 for bad usage or where there is nothing to do, 111 for a temporary failure.
set -u
LC_ALL=C
export LC_ALL

synopsis='[ -u ] [ -w seconds ] backends backends.cdb name command [ arg ... ]'
# shellcheck disable=SC2154
case ${1-} in
--version) echo "etd-drain $version"; exit 0 ;;
--help)
	cat <<-EOF
		usage: etd-drain $synopsis
		  -u  put it back into use
		  -w  seconds to wait for the last session's end; 600
		See etd-drain(8).
	EOF
	exit 0 ;;
esac

usage() {
	echo "etd-drain: usage: etd-drain $synopsis" >&2
	exit 100
}
fatal() {
	echo "etd-drain: fatal: $2" >&2
	exit "$1"
}

undrain=0 seconds=600
while getopts :uw: option; do
	case $option in
	u) undrain=1 ;;
	w) seconds=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 4 ] || usage
# Without zeros before it: 08 would be a bad octal number in what the shell calculates.
wait=$seconds
while case $wait in 0?*) ;; *) false ;; esac do wait=${wait#0}; done
case $wait in '' | *[!0-9]* | ???????*) fatal 100 "-w $seconds: not a whole number of seconds" ;; esac
seconds=$wait
cdb=$2 name=$3
case $name in
'') fatal 100 'no backend is named' ;;
default | *[!A-Za-z0-9._-]*) fatal 100 "$name: no backend can have this name" ;;
esac
backends=$(readlink -f -- "$1") || fatal 111 "unable to find $1"
[ -e "$backends" ] || fatal 100 "$backends: no such file"
[ -e "$cdb" ] || fatal 100 "$cdb: no such file: nothing is changed"
shift 3
command -v ss >/dev/null || fatal 111 'ss is not in PATH'

# place: where the file changes, as two offsets: what is between them goes, and for a drain one more
# weight=0 comes in. It is after the last word of the backend's line, where it counts; or it is the last
# weight=0, with the blank before it. So all other bytes stay, carriage returns and trailing blanks, too.
# Fails with 10 to 13 where that cannot be. Lines and words are checkd's, which are not those of all
# awks. What is compared as a string must not look like two numbers: 1 is not 01.
place() {
	awk -v name="$name" -v undrain=$undrain '
		function split_line(   at, rest) {
			n = 0
			for (rest = $0; match(rest, /[^ \t\r]+/); rest = substr(rest, RSTART + RLENGTH)) {
				word[++n] = substr(rest, RSTART, RLENGTH)
				at += RSTART + RLENGTH - 1
				end[n] = at
			}
		}
		# last_weight(FROM, TO): which of these words sets the weight, or 0
		function last_weight(from, to) {
			for (; to >= from; to--)
				if (word[to] ~ /^weight=/)
					return to
			return 0
		}
		function is_zero(i) { return (i ? word[i] : usual) ~ /^weight=0+$/ }
		function drain() {
			if (is_zero(last_weight(3, n)))
				return 11
			printf "%d %d\n", before + end[n], before + end[n]
			return 0
		}
		function put_back(   i) {
			i = last_weight(3, n)
			if (!is_zero(i))
				return 12
			if (!i || is_zero(last_weight(3, i - 1)))
				return 13
			printf "%d %d\n", before + end[i] - length(word[i]) - 1, before + end[i]
			return 0
		}
		BEGIN { code = 10; usual = "weight=1" }
		{ split_line() }
		n && word[1] "" == name "" {
			code = undrain ? put_back() : drain()
			exit
		}
		n && word[1] "" == "default" && last_weight(2, n) { usual = word[last_weight(2, n)] }
		{ before += length($0) + 1 }
		END { exit code }
	' "$backends"
}

# change FROM TO: the file with that change
change() {
	head -c "$1" -- "$backends" || return
	[ $undrain = 1 ] || printf ' weight=0'
	tail -c "+$(($2 + 1))" -- "$backends"
}

# The file is replaced as a whole, by one that checkd finds good.
replace() {
	(set -C && : >"$tmp") 2>/dev/null ||
		fatal 111 "unable to make $tmp: if it exists, etd-drain is running, or was killed: then remove it"
	trap 'rm -f -- "$tmp"' EXIT
	cp -p -- "$backends" "$tmp" || fatal 111 "unable to copy $backends"
	code=0
	at=$(place) || code=$?
	case $code in
	0) ;;
	10) fatal 100 "$name: no such backend in $backends" ;;
	11) fatal 100 "$name is drained already: its weight is 0" ;;
	12) fatal 100 "$name is not drained: its weight is not 0" ;;
	13) fatal 100 "$name: its weight=0 was not set by etd-drain: edit $backends" ;;
	*) fatal 111 "unable to read $backends" ;;
	esac
	change "${at% *}" "${at#* }" >"$tmp" || fatal 111 "unable to write $tmp"
	checkd -q -c "$tmp" || fatal 100 "$backends was bad before this change: nothing is changed"
	mv -f -- "$tmp" "$backends" || fatal 111 "unable to replace $backends"
	trap - EXIT
}

# shown WHAT: what etd-status knows of the backend, such as its weight; empty if there is none
pattern=$(printf '%s\n' "$name" | sed 's/\./\\./g')
shown() { etd-status -p "$cdb" 2>/dev/null | sed -n "s/^etd_backend_$1{backend=\"$pattern\",.*} //p"; }
address() { etd-status -p "$cdb" | sed -n "s/^etd_backend_up{backend=\"$pattern\",address=\"\(.*\)\"} .*/\1/p"; }

is_read() {
	case $undrain$(shown weight) in
	00 | 1[1-9]*) return 0 ;;
	esac
	return 1
}

wait_for_checkd() {
	tries=0
	until is_read; do
		[ $((tries += 1)) -le 50 ] ||
			fatal 111 "$cdb does not show the change to $backends after 10 seconds: is checkd running?"
		sleep 0.2
	done
}

# sessions: how many there are. A connection without an inode belongs to no process any more: both ends of
# the session are closed, and the backend may take its time to say so. checkd's probes are not counted
# where ss is allowed to see whose they are.
sessions() {
	all=$(ss -Htnpe dst "$1" 2>/dev/null) || return 1	# it may complain that there is no cgroup2
	printf '%s\n' "$all" | grep -v -e ' ino:0 ' -e '"checkd"' | grep -c . || :
}

# etd-connect looks at the list before it tries a backend, and again before the next one: what has just
# looked may still take this one. So there must be no session for a second.
wait_for_sessions() {
	to=$(address)
	left=$seconds before=
	while :; do
		n=$(sessions "$to") || fatal 111 "ss does not show the sessions with $to"
		[ "$n" != 0 ] || [ "$before" != 0 ] || break
		if [ "$n" != 0 ] && [ "$n" != "$before" ]; then echo "$name: sessions under way: $n"; fi
		[ "$left" -gt 0 ] || [ "$n" = 0 ] ||
			fatal 111 "$name: sessions under way after $seconds seconds: $n; it stays drained"
		before=$n left=$((left - 1))
		sleep 1
	done
	echo "$name: the last session has ended"
}

tmp=$backends.drain
trap 'exit 111' HUP INT TERM
replace
trap 'echo; fatal 111 "$name: interrupted: $backends stays changed"' HUP INT TERM
"$@" || fatal 111 "$*: failed: $backends is changed, but checkd has not read it"
wait_for_checkd
if [ $undrain = 1 ]; then
	if [ "$(shown up)" = 1 ]; then
		echo "$name: it gets new clients again"
	else
		echo "$name: it gets new clients once it is up"
	fi
	exit 0
fi
[ "$(shown share_ratio)" = 0 ] ||
	echo "etd-drain: warning: $name still gets new clients: no other backend that has a weight is up" >&2
wait_for_sessions
