# etd: see README. The file CONF says how to compile; DESTDIR and PREFIX where to install.

CONF = conf-cc
PREFIX = /usr/local
VERSION := $(shell cat VERSION)
flags = -D_GNU_SOURCE -DETD_VERSION='"$(VERSION)"' -Ilib -Iverdict -Irelay
LIBCDB = $$(cc -print-file-name=libcdb.a)

built = etd-delay/etd-delay etd-server/etd-server etd-proxy/etd-proxy etd-connect/etd-connect checkd/checkd \
    etd-status/etd-status etd-report/etd-report etd-conf/etd-conf etd-drain/etd-drain

all: $(built)

# With a clock.c of its own: see there.
etd-delay/etd-delay: compile etd-delay/*.[ch] lib/libetd.a
	./compile $(flags) -DCLOCK_SYSCALL -o $@ etd-delay/*.c lib/clock.c lib/libetd.a

etd-proxy/etd-proxy: compile etd-proxy/*.[ch] lib/libetd.a
	./compile $(flags) -o $@ etd-proxy/*.c lib/libetd.a

etd-server/etd-server: compile-daemon etd-server/*.[ch] lib/libetd-daemon.a
	./compile-daemon $(flags) -o $@ etd-server/*.c lib/libetd-daemon.a "$(LIBCDB)" -lcares

etd-connect/etd-connect: compile etd-connect/*.[ch] relay/*.[ch] lib/libetd.a
	./compile $(flags) -o $@ etd-connect/*.c relay/*.c lib/libetd.a "$(LIBCDB)" -lm

checkd/checkd: compile-daemon checkd/*.[ch] lib/libetd-daemon.a
	./compile-daemon $(flags) -o $@ checkd/*.c lib/libetd-daemon.a "$(LIBCDB)"

etd-status/etd-status: compile-daemon etd-status/*.[ch] lib/libetd-daemon.a
	./compile-daemon $(flags) -o $@ etd-status/*.c lib/libetd-daemon.a "$(LIBCDB)"

# What two programs share, once for each of the two compilers
lib/libetd.a: compile VERSION lib/*.[ch] verdict/*.[ch]
	$(archive)
lib/libetd-daemon.a: compile-daemon VERSION lib/*.[ch] verdict/*.[ch]
	$(archive)
archive = rm -rf $@ $@.o && mkdir $@.o && \
    (cd $@.o && ../../$< $(flags:-I%=-I../../%) -c ../*.c ../../verdict/*.c && ar rc ../$(@F) *.o) && rm -r $@.o

# One file, so that it can be put anywhere: the awk program as a string of the shell's
etd-report/etd-report: VERSION etd-report/etd-report.sh etd-report/*.awk
	{ printf '#!/bin/sh\nversion=$(VERSION)\nprogram='\'; sed "s/'/'\\\\''/g" etd-report/*.awk; echo \'; cat etd-report/etd-report.sh; } >$@.tmp
	chmod 755 $@.tmp && mv $@.tmp $@

etd-conf/etd-conf etd-drain/etd-drain: %: VERSION %.sh
	{ printf '#!/bin/sh\nversion=$(VERSION)\n'; cat $@.sh; } >$@.tmp
	chmod 755 $@.tmp && mv $@.tmp $@

# On this machine alone, below a directory of its own: until interrupted, and by itself.
run: all
	t/run

demo: all
	t/demo

# Most tests wait for holds: so many of them run side by side.
check: all
	bats --jobs $$(($$(nproc) * 3)) t

# The same with the sanitizers; and new inputs for the parsers, all at once for a minute.
check-sanitize:
	t/sanitize

fuzz:
	t/fuzz/fuzz

# Against peers, in one run; see the scripts. Prints figures and judges nothing.
bench: all
	t/bench/etd-delay
	t/bench/checkd
	t/bench/etd-connect
	t/bench/etd-server
	t/bench/etd-server-dns

# Three fronts under load and faults, for as long as N sessions take; see the script.
N = 1000000
soak: all
	t/soak/soak $(N)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man5 \
	    $(DESTDIR)$(PREFIX)/share/man/man7 $(DESTDIR)$(PREFIX)/share/man/man8 \
	    $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/sysusers.d \
	    $(DESTDIR)$(PREFIX)/share/etd/fail2ban/filter.d $(DESTDIR)$(PREFIX)/share/etd/fail2ban/jail.d \
	    $(DESTDIR)$(PREFIX)/share/etd/grafana
	install $(built) $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 systemd/*.service systemd/*.socket $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 644 systemd/etd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/etd.conf
	install -m 644 fail2ban/filter.d/* $(DESTDIR)$(PREFIX)/share/etd/fail2ban/filter.d
	install -m 644 fail2ban/jail.d/* $(DESTDIR)$(PREFIX)/share/etd/fail2ban/jail.d
	install -m 644 grafana/etd.json $(DESTDIR)$(PREFIX)/share/etd/grafana

uninstall:
	cd $(DESTDIR)$(PREFIX)/bin && rm -f $(notdir $(built))
	cd $(DESTDIR)$(PREFIX)/share && rm -rf $(patsubst man/%,man/man?/%,$(wildcard man/*)) etd
	cd $(DESTDIR)$(PREFIX)/lib && rm -f sysusers.d/etd.conf \
	    $(patsubst systemd/%,systemd/system/%,$(wildcard systemd/*.service systemd/*.socket))

# Scripts that compile and link in one step; find-cc says what they took.
compile: $(CONF) find-cc
	./find-cc $(CONF) >$@.tmp && chmod 755 $@.tmp && mv $@.tmp $@
compile-daemon: $(CONF) find-cc
	./find-cc -d $(CONF) >$@.tmp && chmod 755 $@.tmp && mv $@.tmp $@

clean:
	rm -f compile compile-daemon lib/*.a $(built)

.PHONY: all run demo check check-sanitize fuzz bench soak install uninstall clean
