# shellcheck shell=sh
# etd-report: what the logs of etd-delay, etd-server, etd-connect and checkd amount to; see etd-report(8).
# The version and the awk program are above.
set -u
LC_ALL=C
export LC_ALL

fatal() {
	echo "etd-report: fatal: $2" >&2
	exit "$1"
}

# shellcheck disable=SC2154
case ${1-} in
--version) echo "etd-report $version"; exit 0 ;;
--help)
	cat <<-EOF
		usage: etd-report [ -h ] [ file ... ]
		  -h  print an HTML page with plots
		See etd-report(8).
	EOF
	exit 0 ;;
esac

html=0
while getopts :h option; do
	case $option in
	h) html=1 ;;
	*) echo 'etd-report: usage: etd-report [ -h ] [ file ... ]' >&2; exit 100 ;;
	esac
done
shift $((OPTIND - 1))

# A directory of multilog's stands for its files. With a slash no name is an assignment to awk.
files=$#
for file do
	case $file in /*) ;; *) file=./$file ;; esac
	if [ -d "$file" ]; then
		[ -e "$file/current" ] || fatal 111 "unable to read $file: no multilog has written there"
		for part in "$file"/@*.[su] "$file/current"; do
			[ ! -e "$part" ] || set -- "$@" "$part"
		done
	else
		set -- "$@" "$file"
	fi
done
shift $files

# Who waits at a terminal sees how far it is; 0 is for nobody.
bytes=0
for file do
	[ -r "$file" ] || fatal 111 "unable to read $file"
	[ ! -t 2 ] || [ ! -f "$file" ] || bytes=$((bytes + $(wc -c <"$file")))
done

# shellcheck disable=SC2154
awk -v html=$html -v total_bytes=$bytes -v made_on="$(uname -n)" -v made_at="$(date -u '+%Y-%m-%d %H:%M UTC')" \
	"$program" "$@" || exit 111
