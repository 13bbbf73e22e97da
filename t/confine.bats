load lib

# proc_status PROCESS FIELD: its value in /proc/PROCESS/status
proc_status() { sed -n "s/^$2:\t//p" "/proc/$1/status"; }

no_check() { echo 'a 127.0.0.1:25 no-check' >backends; }

@test "checkd runs without new privileges, and drops the capabilities that an account was given" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	for_all checkd
	no_check
	mkdir state
	chown nobody state
	start checkd setpriv --reuid nobody --clear-groups --inh-caps +net_raw,+dac_override --ambient-caps +net_raw,+dac_override \
		checkd backends state/backends.cdb
	wait_for test -s state/backends.cdb
	pid=$(cat checkd.pid)
	[ "$(proc_status "$pid" NoNewPrivs)" = 1 ]
	for set in Inh Prm Eff Amb; do [ "$(proc_status "$pid" Cap$set)" = 0000000000000000 ]; done
}

@test "as root, checkd keeps the capability to use files of other accounts, and no other" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	no_check
	mkdir state
	chown nobody state backends
	chmod 600 backends
	start checkd checkd backends state/backends.cdb
	wait_for test -s state/backends.cdb
	pid=$(cat checkd.pid)
	[ "$(proc_status "$pid" NoNewPrivs)" = 1 ]
	for set in Prm Eff; do [ "$(proc_status "$pid" Cap$set)" = 0000000000000002 ]; done
	echo 'b 127.0.0.1:25 no-check' >>backends
	kill -HUP "$pid"
	has checkd.log 'added backend=b'
}
