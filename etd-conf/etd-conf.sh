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
	uid=$(envuidgid "$name" printenv UID 2>/dev/null) || fatal 111 "no account $name: make it with useradd -r -s /bin/false $name"
	[ "$uid" -ne 0 ] || fatal 100 "$name: this account is root: give one without privilege"
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
	case $names in *" $name "*) fatal 100 "$backend: the name $name is taken already" ;; esac
	names="$names$name "
done

# What both services are started by, and what front/run says of it; see PRIVILEGE in etd(7)
setpriv='' setpriv_says=''
if setpriv --no-new-privs true 2>/dev/null; then
	setpriv='setpriv --no-new-privs '
	setpriv_says='#
# By setpriv, no program here can gain privilege. Remove it for qmail-smtpd in place of etd-connect:
# qmail-queue needs that. See PRIVILEGE in etd(7).
'
fi

umask 022
[ ! -e "$dir" ] || fatal 111 "$dir exists already: nothing is changed"
trap 'exit 111' HUP INT PIPE QUIT TERM
why=$(mkdir -- "$dir" 2>&1) || fatal 111 "unable to make $dir: ${why##*: }"
trap 'cd /; rm -rf -- "$dir"; fatal 111 "unable to fill $dir: it has been removed"' EXIT
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
# The name of a DNS list can have a secret key, in a setting and in a rule: other accounts can read
# neither. Settings that are added later are closed by their directory, whatever the umask is then.
group=$(id -g "$account")
chgrp "$group" front/env
chmod 750 front/env

cat >backends <<EOF
# The mail servers behind this front; see etd-backends(5). After an edit: make
#
# A mail server sees the address of this host as that of every client, unless its line has
# send-proxy, send-proxy-v2 or source=client. If it relays for this host, it then relays for
# the whole world: remove this host from the addresses that it trusts. checkd -c warns of each
# such line; see AN OPEN RELAY in etd(7). For source=client see front/run.
#
# helo should be a name of this host that is in the DNS.
#
# name   address            options
default                     helo=$(uname -n) inter=3 rise=2 fall=3 timeout=10
EOF
for backend do
	printf '%-8s %s\n' "${backend%%=*}" "${backend#*=}" >>backends
done
[ $# -gt 0 ] || printf '#smtp1   10.0.0.1:25\n' >>backends

cat >rules <<'EOF'
# Who may connect, and which settings differ for some clients; see tcprules(1). After an edit: make
#
# Your own clients are not held, nor does rblsmtpd look them up:
#192.0.2.:allow,RELAYCLIENT="",RBLSMTPD=""
# A partner who talks early by mistake, or a monitor, is not held:
#192.0.2.7:allow,ETD_DELAY="0"
:allow
EOF

cat >Makefile <<EOF
# The account of the services. Its group can read the rules. Others cannot, since a rule can have
# the secret key of a DNS list.
account = $account

EOF
cat >>Makefile <<'EOF'
# make: checks rules, backends and front/env. If all are good, it compiles rules to rules.cdb,
# which is in force for the next client, and has checkd read backends again, if it is up.
# A change in front/env is in force after svc -t front.
.SILENT:
all:
	umask 027 && tcprules rules.cdb.new rules.tmp <rules && chgrp "$$(id -g '$(account)')" rules.cdb.new
	./check || { rm rules.cdb.new; exit 100; }
	mv rules.cdb.new rules.cdb
	case "$$(svstat checkd 2>&1)" in \
	*': up '*) svc -h checkd ;; \
	*) echo 'checkd is down: it will read backends when it starts' ;; \
	esac

# make drain BACKEND=smtp1: it gets no new clients until make undrain BACKEND=smtp1
drain:
	etd-drain backends state/backends.cdb '$(BACKEND)' svc -h checkd
undrain:
	etd-drain -u backends state/backends.cdb '$(BACKEND)' svc -h checkd

.PHONY: all drain undrain
EOF
cat >check <<EOF
#!/bin/sh
# Reports everything that is wrong with backends, rules and front/env; make runs it. The checks
# run as the account that will read these files. etd-server -n checks the settings of etd-delay
# and the numbers of tcpserver, too.
exec 2>&1 >/dev/null
bad=0
setuidgid $account checkd -c backends || bad=100

# For etd-connect -c: a list of all backends in the file, without a probe.
setuidgid $account sh -c '
sed "/^[[:blank:]]*[^#[:blank:]]/s/\$/ no-check/" backends >state/check
checkd -o -q state/check state/check.cdb
' >/dev/null 2>&1

# Without -U in front/run root reads the files, and etd-connect changes to the account.
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
chgrp "$group" rules rules.cdb
chmod 640 rules rules.cdb

cd front
setting IP "$ip" <<'EOF'
The address to listen on. 0 is every IPv4 address of this host; etd-server, and the tcpserver
of ucspi-tcp-ipv6, listen on its IPv6 addresses, too.
EOF
setting PORT 25 <<'EOF'
The port to listen on.
EOF

# front_each: tcpserver, and a process for each client
front_each() {
	cat >run <<EOF
#!/bin/sh
# Port 25. A setting is a file in env; after an edit there: make -C .. && svc -t .
# tcpserver changes to the account (-U). For a backend with source=client remove -U: then
# etd-connect changes to the account, when it has the socket that needs root, and all that
# runs before it, with every setting, runs as root: tcpserver, etd-delay and rblsmtpd.
#
# To ask a DNS list, put this after etd-delay "\$VERBOSITY", and read DNS in etd(7) first:
# rblsmtpd -r zen.spamhaus.org
# If the list's name has a secret key, use etd-server: ps shows this command to everybody.
${setpriv_says}exec 2>&1
exec ${setpriv}envuidgid $account envdir ./env sh -c '
exec tcpserver -v -U -R -l 0 -x ../rules.cdb -b "\$BACKLOG" -c "\$CONCURRENCY" "\$IP" "\$PORT" \\
	etd-delay "\$VERBOSITY" etd-connect "\$VERBOSITY" ../state/backends.cdb
'
EOF
	setting CONCURRENCY 400 <<'EOF'
Clients at once, those that are held included; others wait outside. Each takes 75 KB. Divided
by the hold, it is the number of new clients a second: see HOW MANY CLIENTS in etd(7).
EOF
	setting BACKLOG 100 <<'EOF'
New connections that the kernel keeps waiting while CONCURRENCY is reached.
EOF
}

# front_server: etd-server, and a process for each client that has passed
front_server() {
	cat >run <<EOF
#!/bin/sh
# Port 25. A setting is a file in env; any other variable of etd-server(8) can be one, too,
# such as ETD_DNSBL, for DNS lists: read DNS in etd(7) first. Other accounts cannot look into
# env, since a list's name can have a secret key. Do not write one here: everybody can read it.
# After an edit there: make -C .. && svc -t . Clients that are held are then told 421, and
# come again.
# etd-server changes to the account (-U). For a backend with source=client remove -U: then
# etd-connect changes to the account, when it has the socket that needs root. But etd-server
# itself, with every setting, stays root, and starts etd-connect as root for each client that
# has passed.
${setpriv_says}exec 2>&1
exec ${setpriv}envuidgid $account envdir ./env sh -c '
exec etd-server "\$VERBOSITY" -U -l 0 -x ../rules.cdb -b "\$BACKLOG" -c "\$CONCURRENCY" "\$IP" "\$PORT" \\
	etd-connect "\$VERBOSITY" ../state/backends.cdb
'
EOF
	setting CONCURRENCY 400 <<'EOF'
Sessions at once, of clients that have passed; others wait for their turn. Each takes 75 KB.
Clients that are held count in ETD_HELD instead. See HOW MANY CLIENTS in etd(7).
EOF
	setting BACKLOG 1024 <<'EOF'
New connections that the kernel keeps until etd-server accepts them.
EOF
	# Less where descriptors are few: a limit that is too low would keep the port shut.
	# shellcheck disable=SC3045
	held=$(ulimit -H -n)
	[ "$held" != unlimited ] && [ "$held" -lt 10032 ] || held=10032
	setting ETD_HELD $((held - 32)) <<'EOF'
Clients at once that are held or wait for their turn; others wait outside. Each takes 6 KB
and a descriptor. If the hard limit of descriptors, which ulimit -H -n shows, is less than
this number plus 32, etd-server does not start.
EOF
	setting ETD_DNS_TIMEOUT 10 <<'EOF'
Seconds, up to 60, to wait for a client's name. If none has been found by then, it has none.
EOF
	setting DNSCACHEIP '' <<'EOF'
The addresses of resolvers, with spaces between them; empty, /etc/resolv.conf names them.
EOF
}

if [ "$listener" = etd-server ]; then front_server; else front_each; fi
setting VERBOSITY -v <<'EOF'
-v logs each connection, which etd-report(8) needs; -Q logs refusals and problems; -q only
what is fatal. This is for etd-delay, etd-server and etd-connect.
EOF
setting ETD_DELAY 6 <<'EOF'
Seconds that a client is held silent, from 0 to 300. etd-report(8) says which hold is right.
EOF
setting ETD_DELAY_DYNAMIC '' <<'EOF'
The same for clients whose name is that of a dynamic or end-user address. If this is empty,
ETD_DELAY holds for them. A file ETD_DYNAMIC beside this one, with an extended regular
expression, says which names these are; without it a built-in one does.
EOF
setting ETD_DELAY_NORDNS '' <<'EOF'
The same for clients without a reverse name. If this is empty, ETD_DELAY holds for them.
EOF
setting ETD_ACTION reject <<'EOF'
What happens to an early talker. reject: it gets ETD_REPLY, and the connection is closed.
rblsmtpd: RBLSMTPD is set for the next program. log: it is logged and goes on, so that you see
what would happen.
EOF
setting ETD_REPLY '554 5.5.1 Refused: you talked before the greeting' <<'EOF'
The reply to an early talker: a 4xx or 5xx code, and a text.
EOF
setting ETD_TEASER '' <<'EOF'
If not empty, sent at once as the first line of the greeting, after 220-.
EOF
setting ETD_BALANCE roundrobin <<'EOF'
Which backend comes first: roundrobin, random, source (a client always has the same one) or
first.
EOF
setting ETD_TRIES 3 <<'EOF'
Backends to try before a client is told to come again.
EOF
setting ETD_CONNECT_TIMEOUT 5 <<'EOF'
Seconds for a connection to a backend.
EOF
setting ETD_GREETING_TIMEOUT 30 <<'EOF'
Seconds to wait for a backend's greeting. 0: the first backend that accepts the connection is
final.
EOF
setting ETD_SYNC greeting <<'EOF'
How long a client that passed must wait for its turn: greeting (until the backend's greeting
has been sent to it), helo (until the reply to its first command, too), or off.
EOF
setting ETD_IDLE_TIMEOUT 1800 <<'EOF'
Seconds without a byte in either direction after which a session is ended. A client may have
to wait 600 seconds for the reply to its mail (RFC 5321): less than that loses mail.
EOF
finish_service

cd ../checkd
cat >run <<EOF
#!/bin/sh
# The prober. Its settings are in ../backends.
exec 2>&1
exec ${setpriv}envdir ./env sh -c '
exec setuidgid $account checkd "\$VERBOSITY" ../backends ../state/backends.cdb
'
EOF
setting VERBOSITY -Q <<'EOF'
-Q logs changes and problems; -v each failure, too; -q only what is fatal.
EOF
finish_service

cd "$dir"
if [ $# -gt 0 ]; then
	said=$(checkd -c backends 2>&1)
	printf '%s\n' "$said" | grep warning: >&2 || :
else
	echo "etd-conf: warning: no backend is named: add the mail servers to $dir/backends, then run make there" >&2
fi
trap - EXIT
service=/service
[ -d /service ] || [ ! -d /etc/service ] || service=/etc/service
[ -d $service ] || echo 'etd-conf: warning: neither /service nor /etc/service exists: see etd-conf(8) for svscan' >&2
echo "ln -s $dir/checkd $dir/front $service"
