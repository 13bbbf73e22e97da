load lib

# has_landlock: skips the test where the kernel has none
has_landlock() {
	cat >landlock.c <<-'EOF'
		#include <linux/landlock.h>
		#include <stddef.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int main(void)
		{
			return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1;
		}
	EOF
	gcc -o landlock landlock.c
	./landlock || skip 'the kernel has no Landlock'
}

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

# intruder: a library that tries what an intruder would, and what checkd must still be able to do, in checkd
# when it has written the list, and in its child when that looks up a host
intruder() {
	cat >intruder.c <<-'EOF'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <fcntl.h>
		#include <netdb.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/stat.h>
		#include <unistd.h>
		static void said(const char *who, const char *what, int result)
		{
			dprintf(2, "%s: %s: %s\n", who, what, result == -1 ? strerror(errno) : "done");
		}
		static void attempt(const char *who)
		{
			said(who, "write", open("elsewhere/file", O_WRONLY));
			said(who, "write backends", open("backends", O_WRONLY));
			said(who, "cut", truncate("elsewhere/file", 0));
			said(who, "create", open("elsewhere/new", O_WRONLY | O_CREAT, 0600));
			said(who, "remove", unlink("elsewhere/file"));
			said(who, "rename", rename("elsewhere/file", "elsewhere/other"));
			said(who, "move in", rename("elsewhere/file", "state/file"));
			said(who, "move out", rename("state/mine", "elsewhere/mine"));
			said(who, "link", link("elsewhere/file", "state/file"));
			said(who, "directory", mkdir("state/new", 0700));
			said(who, "symlink", symlink("/etc/passwd", "state/new"));
			said(who, "execute", execl("/bin/echo", "echo", "executed", NULL));
			said(who, "execute here", execl("state/program", "program", NULL));
			said(who, "read", open("elsewhere/file", O_RDONLY));
			said(who, "library", dlopen("libnss_compat.so.2", RTLD_NOW) != NULL ? 0 : -1);
			said(who, "write here", open("state/mine", O_WRONLY | O_TRUNC));
		}
		int fsync(int fd)
		{
			attempt("checkd");
			return fdatasync(fd);
		}
		int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found)
		{
			int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
			    dlsym(RTLD_NEXT, "getaddrinfo");

			attempt("child");
			return real(host, port, hints, found);
		}
	EOF
	gcc -shared -fPIC -o intruder.so intruder.c
	mkdir elsewhere state
	echo precious >elsewhere/file
	echo mine >state/mine
	printf '#!/bin/sh\necho executed\n' >state/program
	chmod +x state/program
}

@test "checkd and its children can write beside backends.cdb alone, and execute nothing" {
	has_landlock
	intruder
	echo 'a localhost:25 no-check' >backends
	start checkd env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$PWD/intruder.so" checkd backends state/backends.cdb
	wait_for grep -qaE '(127\.0\.0\.1|::1)' state/backends.cdb
	for who in checkd child; do
		has checkd.log "^$who: write here: "
		for what in write 'write backends' create remove rename directory symlink execute 'execute here'; do
			grep -qx "$who: $what: Permission denied" checkd.log
		done
		for what in 'move in' 'move out' link; do
			grep -qxE "$who: $what: (Permission denied|Invalid cross-device link)" checkd.log
		done
		for what in read library 'write here'; do grep -qx "$who: $what: done" checkd.log; done
	done
	[ "$(cat elsewhere/file)" = precious ]	# but before Linux 6.2 it could have been cut short
	[ "$(ls elsewhere)" = file ]
	[ "$(ls state | xargs)" = 'backends.cdb backends.cdb.nudge backends.cdb.turn mine program' ]
	echo a >state/backends.cdb.nudge
	echo 'b 127.0.0.1:25 no-check' >>backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'added backend=b'
	run ! grep executed checkd.log checkd.out
}

@test "checkd -o can write beside backends.cdb alone, too" {
	has_landlock
	intruder
	no_check
	ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$PWD/intruder.so run -0 checkd -o backends state/backends.cdb
	[[ $output == *'checkd: write: Permission denied'*'checkd: execute: Permission denied'*'checkd: write here: done'* ]]
	[ -s state/backends.cdb ]
}

@test "on a kernel without Landlock, checkd says nothing and goes on" {
	no_check
	export ASAN_OPTIONS=detect_leaks=0
	for error in ENOSYS EOPNOTSUPP; do
		rm -f backends.cdb
		run -0 strace -o trace -e trace=landlock_create_ruleset -e inject=landlock_create_ruleset:error=$error \
			checkd -o backends backends.cdb
		[ -z "$output" ]
		[ -s backends.cdb ]
		[ "$(grep -c "$error" trace)" -ge 1 ]
	done
}

@test "if the kernel has Landlock and refuses it, checkd says so and goes on" {
	has_landlock
	no_check
	ASAN_OPTIONS=detect_leaks=0 run -0 strace -o trace -e trace=landlock_restrict_self \
		-e inject=landlock_restrict_self:error=E2BIG checkd -o backends backends.cdb
	[ "$output" = 'checkd: warning: unable to use Landlock: Argument list too long' ]
	[ -s backends.cdb ]
}

@test "a directory that does not exist yet is waited for" {
	has_landlock
	no_check
	start checkd strace -o trace -e trace=landlock_restrict_self checkd backends state/backends.cdb
	has checkd.log '^checkd: warning: unable to create state/backends\.cdb\.tmp: No such file or directory$'
	mkdir state
	wait_for test -s state/backends.cdb
	has trace 'landlock_restrict_self(.*) *= 0$'
}

@test "backends may be a symbolic link" {
	mkdir elsewhere
	no_check
	mv backends elsewhere/one
	sed s/a/b/ elsewhere/one >elsewhere/two
	ln -s elsewhere/one backends
	start checkd checkd backends backends.cdb
	wait_for test -s backends.cdb
	ln -sf elsewhere/two backends
	kill -HUP "$(cat checkd.pid)"
	has checkd.log 'added backend=b'
	wait_for key_is 0 'b *'
}

@test "a directory that is renamed goes on being written; one that is replaced ends checkd, for supervise to start it again" {
	has_landlock
	no_check
	mkdir -p state service/checkd
	ln -s state current
	printf '#!/bin/sh\nexec 2>&1\necho start\nexec checkd ../../backends ../../current/backends.cdb\n' >service/checkd/run
	chmod +x service/checkd/run
	scan
	wait_for test -s state/backends.cdb
	mv state state.old
	ln -sfn state.old current
	svc -h service/checkd
	has svscan.out 'reload'
	rm state.old/backends.cdb
	wait_for test -s state.old/backends.cdb
	mkdir other
	ln -sfn other current
	wait_for test -s other/backends.cdb
	has svscan.out '^checkd: fatal: the directory of \.\./\.\./current/backends\.cdb was replaced by another$'
	[ "$(count svscan.out start)" -eq 2 ]
	wait_for test -p other/backends.cdb.nudge	# made after the list
}
