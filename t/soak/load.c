/*
 * load: SMTP clients of each kind, many at once, for the soak.
 * usage: load [ -p ] [ -l ] address port sessions at-once a-second hold first
 * address is the server's, IPv4 or IPv6. a-second is how many begin in a second, 0 as many as at-once
 * allows; hold the server's, in milliseconds; first the number of the first session. Each has a number.
 * Each also has an address of its own, 127.1.0.0 or above, from which it connects if the server's is IPv4.
 * Only some of the patient ones come back, again and again, from 127.254.0.14 to 127.254.0.29.
 * -p: all connect from this host's own address, and a PROXY header says which address it is. Some of the
 * headers are TCP4 and some TCP6 (127.1.2.3 is then 2001:db8:7f01:203::1, a network /64 for each), some of
 * version 1 and some of version 2.
 * -l (with -p): the server has a list with the addresses 127.X.Y.13. Sessions whose number % 64 is 5 have
 * those, always in TCP4, and are of the kind listed; no other session has one.
 * Prints a line for each session at its end:
 *	NUMBER KIND BEGUN ENDED OUTCOME WAY	both times in milliseconds of the wall clock
 * KIND is lockstep, pipelined, slow, bdat, starttls, listed (all with a mail of that number), early, scanner
 * or vanishing. WAY is how the mail goes: tls, bdat or plain. OUTCOME:
 *	stored		the mail was answered 250
 *	lost		the mail was sent to its end, and no reply came
 *	NNN		that reply came instead of the one that was due
 *	silent		closed, reset or refused without a reply that was due
 *	hung		nothing was heard for a minute
 *	greeted		220, to one that had talked early
 *	left		by its own will
 */
#include <err.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client.h"

enum { TICK_MS = 10 };

static struct client *clients;
static long at_once, ended;

static void
tick(int64_t now)
{
	for (long i = 0; i < at_once; i++) {
		if (client_ended(&clients[i]))
			continue;
		client_tick(&clients[i], now);
		ended += client_ended(&clients[i]);
	}
}

/* Each client that can be read or written, until TICK_MS have passed without one. */
static void
serve(void)
{
	struct epoll_event events[64];
	int n = epoll_wait(target.epoll, events, 64, TICK_MS);

	for (int i = 0; i < n; i++) {
		struct client *c = events[i].data.ptr;

		if (events[i].events & EPOLLOUT)
			client_write(c);
		if (events[i].events != EPOLLOUT)
			client_hear(c);
		ended += client_ended(c);
	}
}

static void
run(long total, long a_second, unsigned long first)
{
	int64_t start = now_ms(CLOCK_MONOTONIC), ticked = start;
	long begun = 0, slot = 0;

	while (ended < total) {
		int64_t now = now_ms(CLOCK_MONOTONIC);
		long due = a_second == 0 ? total : (now - start) * a_second / 1000 + 1;

		while (begun < total && begun < due && begun - ended < at_once) {
			while (!client_ended(&clients[slot]))
				slot = (slot + 1) % at_once;
			client_begin(&clients[slot], first + (unsigned long)begun++);
			ended += client_ended(&clients[slot]);
		}
		serve();
		now = now_ms(CLOCK_MONOTONIC);
		if (now - ticked >= TICK_MS) {
			ticked = now;
			tick(now);
		}
	}
}

static void
set_server(const char *address, const char *port)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *info;

	if (getaddrinfo(address, port, &hints, &info) != 0)
		errx(100, "%s %s: not an address and a port", address, port);
	memcpy(&target.server, info->ai_addr, info->ai_addrlen);
	freeaddrinfo(info);
}

int
main(int argc, char **argv)
{
	struct rlimit files = { 20000, 20000 };
	int option;

	while ((option = getopt(argc, argv, "lp")) != -1) {
		target.headers |= option == 'p';
		target.lists |= option == 'l';
	}
	argc -= optind;
	argv += optind;
	if (argc != 7 || target.lists > target.headers)
		errx(100, "usage: load [ -p ] [ -l ] address port sessions at-once a-second hold first");
	signal(SIGPIPE, SIG_IGN);	/* TLS writes without MSG_NOSIGNAL */
	setrlimit(RLIMIT_NOFILE, &files);
	set_server(argv[0], argv[1]);
	at_once = atol(argv[3]);
	target.hold_ms = atol(argv[5]);
	clients = malloc((size_t)at_once * sizeof *clients);
	target.epoll = epoll_create1(0);
	if (clients == NULL || target.epoll == -1)
		err(111, "start");
	for (long i = 0; i < at_once; i++)
		clients[i].wire.fd = -1;
	run(atol(argv[2]), atol(argv[4]), strtoul(argv[6], NULL, 10));
	return 0;
}
