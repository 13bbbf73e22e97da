# etd: see README. conf-cc says how to compile; DESTDIR and PREFIX where to install.

PREFIX = /usr/local
LIBCDB = $$(cc -print-file-name=libcdb.a)

programs = etd-delay/etd-delay etd-connect/etd-connect checkd/checkd

all: $(programs)

etd-delay/etd-delay: compile etd-delay/*.[ch] lib/*.[ch]
	./compile -D_GNU_SOURCE -Ilib -o $@ etd-delay/*.c lib/*.c

etd-connect/etd-connect: compile etd-connect/*.[ch] lib/*.[ch]
	./compile -D_GNU_SOURCE -Ilib -o $@ etd-connect/*.c lib/*.c "$(LIBCDB)" -lm

checkd/checkd: compile-daemon checkd/*.[ch] lib/*.[ch]
	./compile-daemon -D_GNU_SOURCE -Ilib -o $@ checkd/*.c lib/*.c "$(LIBCDB)"

# On this machine alone, below a directory of its own: until interrupted, and by itself.
run: all
	t/run

demo: all
	t/demo

check: all
	bats t

# The same with the sanitizers; and new inputs for the parsers, a minute each.
check-sanitize:
	t/sanitize

fuzz:
	t/fuzz/fuzz

# Against peers, in one run; see the scripts. Prints figures and judges nothing.
bench: all
	t/bench/etd-delay
	t/bench/checkd
	t/bench/etd-connect

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man5 \
	    $(DESTDIR)$(PREFIX)/share/man/man7 $(DESTDIR)$(PREFIX)/share/man/man8
	install $(programs) $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8

# Scripts that compile and link in one step; find-cc says what they took.
compile: conf-cc find-cc
	./find-cc >$@.tmp && chmod 755 $@.tmp && mv $@.tmp $@
compile-daemon: conf-cc find-cc
	./find-cc -d >$@.tmp && chmod 755 $@.tmp && mv $@.tmp $@

clean:
	rm -f compile compile-daemon $(programs)

.PHONY: all run demo check check-sanitize fuzz bench install clean
