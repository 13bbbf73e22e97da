# shellcheck shell=sh
# etd-conf: makes a directory with the services front and checkd for svscan; see etd-conf(8). The
# version is above.
# Exits 100 for bad usage, 111 for a temporary failure; then nothing is left behind.
set -u
LC_ALL=C
export LC_ALL

synopsis='[ -s ] account logaccount dir ip [ name=address:port ... ]'
# shellcheck disable=SC2154
case ${1-} in
--version) echo "etd-conf $version"; exit 0 ;;
--help)
	cat <<-EOF
		usage: etd-conf $synopsis
		  -s  the front is etd-server, in place of tcpserver and etd-delay
		See etd-conf(8).
	EOF
	exit 0 ;;
esac

usage() {
	echo "etd-conf: usage: etd-conf $synopsis" >&2
	exit 100
}
fatal() {
	echo "etd-conf: fatal: $2" >&2
	exit "$1"
}
bad_ip() { fatal 100 "$ip: not an address, nor 0 for every address of this host"; }
bad_backend() { fatal 100 "$backend: not name=address:port"; }

# What listens: etd-server with -s, or tcpserver, which starts etd-delay for each client.
listener='tcpserver etd-delay'
if [ "${1-}" = -s ]; then
	listener=etd-server
	shift
fi
[ $# -ge 4 ] || usage
case $1 in -*) usage ;; esac
account=$1 logaccount=$2 dir=$3 ip=$4
shift 4

# checkd knows what an address is and what a backend can be called.
is_backend() { printf '%s\n' "$1" | checkd -q -c /dev/stdin 2>/dev/null; }

case $dir in /*) ;; *) fatal 100 "$dir: the directory must start with a slash" ;; esac
case $dir in *[!A-Za-z0-9._/-]*) fatal 100 "$dir: letters, digits, dots, hyphens and underscores only" ;; esac
for program in $listener tcprules supervise multilog envdir envuidgid setuidgid etd-server etd-connect checkd; do
	command -v "$program" >/dev/null || fatal 111 "$program is not in PATH"
done
for name in "$account" "$logaccount"; do
	case $name in *[!A-Za-z0-9._-]*) fatal 100 "$name: letters, digits, dots, hyphens and underscores only" ;; esac
	uid=$(envuidgid "$name" printenv UID 2>/dev/null) || fatal 111 "no account $name: make it, as by useradd -r -s /bin/false $name"
	[ "$uid" -ne 0 ] || fatal 100 "$name: an account without privilege is wanted"
done
case $ip in
0) ;;
*[!0-9A-Fa-f:.]*) bad_ip ;;
*:*)
	is_backend "ip [$ip]:25" || bad_ip
	case $listener:$ip in
	tcpserver*::) fatal 100 "$ip: tcpserver cannot read this form: write ${ip}0" ;;
	esac ;;
*[!0-9.]*) bad_ip ;;
*) is_backend "ip $ip:25" || bad_ip ;;
esac
names=' '
for backend do
	name=${backend%%=*}
	case $backend in
	*[!][:A-Za-z0-9._=-]*) bad_backend ;;
	*) is_backend "$name ${backend#*=}" || bad_backend ;;
	esac
	case $names in *" $name "*) fatal 100 "$backend: there is a $name already" ;; esac
	names="$names$name "
done

umask 022
[ ! -e "$dir" ] || fatal 111 "$dir exists already: nothing is changed"
trap 'exit 111' HUP INT PIPE QUIT TERM
why=$(mkdir -- "$dir" 2>&1) || fatal 111 "unable to make $dir: ${why##*: }"
trap 'cd /; rm -rf -- "$dir"; fatal 111 "unable to fill $dir: it is removed"' EXIT
set -e

# setting FILE DEFAULT <comment: envdir takes the first line, the rest is for people
setting() {
	{ printf '%s\n\n' "$2"; cat; } >"env/$1"
}

# finish_service: in its directory, where run is: log/run and log/main
finish_service() {
	mkdir log log/main
	cat >log/run <<-EOF
		#!/bin/sh
		# 20 files of 10 MB at most, the newest in main/current
		exec setuidgid $logaccount multilog t s10000000 n20 ./main
	EOF
	chmod 755 run log/run
	chown "$logaccount" log/main
}

cd "$dir"
mkdir front front/env checkd checkd/env state
chown "$account" state

cat >backends <<EOF
# The mail servers behind this front; see etd-backends(5). After an edit: make
#
# Each sees this host's address for every client, unless its line has send-proxy (or
# send-proxy-v2) or source=client. Then it must not relay for this host, or it relays for
# the world: take this host's address out of what it trusts. checkd -c warns of each such
# line; see AN OPEN RELAY in etd(7). For source=client, see front/run.
#
# helo should be a name of this host's that is in the DNS.
#
# name   address            options
default                     helo=$(uname -n) inter=3 rise=2 fall=3 timeout=10
EOF
for backend do
	printf '%-8s %s\n' "${backend%%=*}" "${backend#*=}" >>backends
done
[ $# -gt 0 ] || printf '#smtp1   10.0.0.1:25\n' >>backends

cat >rules <<'EOF'
# Who may connect, and what is different for some; see tcprules(1). After an edit: make
#
# A client of one's own is not held:
#192.0.2.:allow,RELAYCLIENT=""
# Nor is a partner who talks early by mistake, or a monitor:
#192.0.2.7:allow,ETD_DELAY="0"
:allow
EOF

cat >Makefile <<'EOF'
# make: checks the rules, the backends and front/env. If all are good, rules.cdb is made of rules,
# for the next client, and checkd, if it runs, reads backends again. What is in front/env waits
# for svc -t front.
.SILENT:
all:
	umask 022 && tcprules rules.cdb.new rules.tmp <rules
	./check || { rm rules.cdb.new; exit 100; }
	mv rules.cdb.new rules.cdb
	case "$$(svstat checkd 2>&1)" in \
	*': up '*) svc -h checkd ;; \
	*) echo 'checkd does not run, and hears nothing of it' ;; \
	esac

# make drain BACKEND=smtp1: no new clients for it, until make undrain BACKEND=smtp1
drain:
	etd-drain backends state/backends.cdb '$(BACKEND)' svc -h checkd
undrain:
	etd-drain -u backends state/backends.cdb '$(BACKEND)' svc -h checkd

.PHONY: all drain undrain
EOF
cat >check <<EOF
#!/bin/sh
# Reports all that is wrong with the backends, the rules and front/env, as the account that they
# are for sees them; make runs it. etd-server -n knows etd-delay's settings and tcpserver's
# numbers, too.
exec 2>&1 >/dev/null
bad=0
setuidgid $account checkd -c backends || bad=100

# A list of all backends as they are in the file now, without a probe: for etd-connect -c.
setuidgid $account sh -c '
sed "/^[[:blank:]]*[^#[:blank:]]/s/\$/ no-check/" backends >state/check
checkd -o -q state/check state/check.cdb
' >/dev/null 2>&1

# Without -U in front/run it is root that reads them, and etd-connect changes to the account.
as=
if grep -v '^#' front/run | grep -q ' -U '; then as='setuidgid $account'; fi
cd front || exit 111
envuidgid $account envdir ./env \$as sh -c '
bad=0
etd-server -n "\$VERBOSITY" -x ../rules.cdb.new -b "\$BACKLOG" -c "\$CONCURRENCY" || bad=100
[ ! -e ../state/backends.cdb ] || etd-connect -cq ../state/backends.cdb || exit 100
[ ! -e ../state/check.cdb ] || etd-connect -c "\$VERBOSITY" ../state/check.cdb || exit 100
exit \$bad
' || bad=100
rm -f ../state/check ../state/check.cdb*
exit \$bad
EOF
chmod 755 check
tcprules rules.cdb rules.tmp <rules

cd front
setting IP "$ip" <<'EOF'
The address to listen on; 0 is each of this host.
EOF
setting PORT 25 <<'EOF'
The port to listen on.
EOF

# front_each: tcpserver, and a process for each client
front_each() {
	cat >run <<EOF
#!/bin/sh
# Port 25. A setting is a file in env; after an edit there: make -C .. && svc -t .
# tcpserver changes to the account (-U). For a backend with source=client leave -U out:
# etd-connect then does it, when it has the socket that needs root.
exec 2>&1
exec envuidgid $account envdir ./env sh -c '
exec tcpserver -v -U -R -l 0 -x ../rules.cdb -b "\$BACKLOG" -c "\$CONCURRENCY" "\$IP" "\$PORT" \\
	etd-delay "\$VERBOSITY" etd-connect "\$VERBOSITY" ../state/backends.cdb
'
EOF
	setting CONCURRENCY 400 <<'EOF'
Clients at once, held ones included; others wait. One that is held takes 80 KB.
EOF
	setting BACKLOG 100 <<'EOF'
Connections that the kernel keeps while tcpserver is busy.
EOF
}

# front_server: etd-server, and a process for each client that has passed
front_server() {
	cat >run <<EOF
#!/bin/sh
# Port 25. A setting is a file in env, as any other variable of etd-server(8) can be; after
# an edit there: make -C .. && svc -t . Clients that are held are told 421 then, and come again.
# etd-server changes to the account (-U). For a backend with source=client leave -U out:
# etd-connect then does it, when it has the socket that needs root. But then etd-server
# itself stays root, and starts etd-connect as root for each client that has passed.
exec 2>&1
exec envuidgid $account envdir ./env sh -c '
exec etd-server "\$VERBOSITY" -U -l 0 -x ../rules.cdb -b "\$BACKLOG" -c "\$CONCURRENCY" "\$IP" "\$PORT" \\
	etd-connect "\$VERBOSITY" ../state/backends.cdb
'
EOF
	setting CONCURRENCY 400 <<'EOF'
Sessions at once, of clients that have passed; others wait for their turn. A session takes
80 KB. Clients that are held do not count here, but in ETD_HELD.
EOF
	setting BACKLOG 1024 <<'EOF'
Connections that the kernel keeps until etd-server accepts them.
EOF
	# Less where descriptors are few: a limit that is too low would keep the port shut.
	# shellcheck disable=SC3045
	held=$(ulimit -H -n)
	[ "$held" != unlimited ] && [ "$held" -lt 10032 ] || held=10032
	setting ETD_HELD $((held - 32)) <<'EOF'
Clients at once that are held or wait for their turn; others wait outside. One takes 6 KB
and a descriptor: where the hard limit of these, as ulimit -H -n shows it, is less than this
number and 32 more, etd-server does not start.
EOF
	setting ETD_DNS_TIMEOUT 10 <<'EOF'
Seconds, up to 60, to wait for a client's name. What has not been found by then is no name.
EOF
	setting DNSCACHEIP '' <<'EOF'
The addresses of resolvers, with spaces between them; empty, /etc/resolv.conf names them.
EOF
}

if [ "$listener" = etd-server ]; then front_server; else front_each; fi
setting VERBOSITY -v <<'EOF'
-v logs each connection, which etd-report(8) wants; -Q refusals and problems; -q what is
fatal alone.
EOF
setting ETD_DELAY 6 <<'EOF'
Seconds that a client is held silent, from 0 to 300. Ask etd-report(8) for a better one.
EOF
setting ETD_DELAY_DYNAMIC '' <<'EOF'
The same for clients whose name is that of a dynamic or end-user address; empty, ETD_DELAY.
A file ETD_DYNAMIC beside this one, with an extended regular expression, says which names
these are; without it, etd-delay knows.
EOF
setting ETD_DELAY_NORDNS '' <<'EOF'
The same for clients without a reverse name; empty, ETD_DELAY.
EOF
setting ETD_ACTION reject <<'EOF'
What becomes of an early talker. reject: a reply, and the end. rblsmtpd: RBLSMTPD is set for
the next program. log: nothing but a line in the log, to see what would happen.
EOF
setting ETD_REPLY '554 5.5.1 Refused: you talked before the greeting' <<'EOF'
The reply to an early talker: a 4xx or 5xx code, and a text.
EOF
setting ETD_TEASER '' <<'EOF'
If not empty, sent at once as the first line of the greeting, after 220-.
EOF
setting ETD_BALANCE roundrobin <<'EOF'
Which backend: roundrobin, random, source (the same client, the same backend) or first.
EOF
setting ETD_TRIES 3 <<'EOF'
Backends to try for a client before it is told to come again.
EOF
setting ETD_CONNECT_TIMEOUT 5 <<'EOF'
Seconds for a connection to a backend.
EOF
setting ETD_GREETING_TIMEOUT 30 <<'EOF'
Seconds for a backend's greeting; 0 does not wait for it before the choice is final.
EOF
setting ETD_SYNC greeting <<'EOF'
How long a client that passed must still be silent: greeting (until it has the backend's), helo
(and until the reply to its first command), or off.
EOF
setting ETD_IDLE_TIMEOUT 1800 <<'EOF'
Seconds without a byte either way after which a session is ended. RFC 5321 has clients wait
600 seconds after the last dot: less than that loses mail.
EOF
finish_service

cd ../checkd
cat >run <<EOF
#!/bin/sh
# The prober. Its settings are in ../backends: see there.
exec 2>&1
exec envdir ./env sh -c '
exec setuidgid $account checkd "\$VERBOSITY" ../backends ../state/backends.cdb
'
EOF
setting VERBOSITY -Q <<'EOF'
-Q logs changes and problems; -v each failure too; -q what is fatal alone.
EOF
finish_service

cd "$dir"
if [ $# -gt 0 ]; then
	said=$(checkd -c backends 2>&1)
	printf '%s\n' "$said" | grep warning: >&2 || :
else
	echo "etd-conf: warning: no backend: first name the mail servers in $dir/backends" >&2
fi
trap - EXIT
service=/service
[ -d /service ] || [ ! -d /etc/service ] || service=/etc/service
[ -d $service ] || echo 'etd-conf: warning: there is no /service, nor /etc/service: see etd-conf(8) for svscan' >&2
echo "ln -s $dir/checkd $dir/front $service"
