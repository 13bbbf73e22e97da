/*
 * names: the reverse names of clients, looked up beside all else by c-ares.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "reason.h"
#include "resolvers.h"

enum {
	NAMES_TICK_MS = 250,
	NAMES_MAX = 32768	/* questions at once: DNS has 65536 numbers to tell them apart */
};

struct names {
	int fd;			/* to poll for POLLIN */
	void *channel;		/* c-ares's */
	int confirm;		/* only names that have the client's address */
	const struct resolvers *resolvers;	/* none: those of /etc/resolv.conf */
	int64_t timeout_ms;
	size_t pending;		/* questions: while there are any, names_run is called every
				   NAMES_TICK_MS at least, for c-ares asks again by itself */
	struct name *answered, *again;
};

/* One question. */
struct name;

/* confirm, resolvers and timeout_ms are set. Returns 1, or 0 with why; again it may be called for
   what /etc/resolv.conf says now: then what has not been answered is asked again, and where it fails
   all is as it was. */
int names_open(struct names *, char why[REASON_MAX]);

/* Asks for a client's name. The answer may be there at once, but is given by names_take alone.
   Returns NULL for more than NAMES_MAX, and where memory runs out. */
struct name *names_ask(struct names *, const struct address *, void *client);

/* The client has gone, or waits no more: there will be no answer. A question of NULL is none, and
   it is NULL afterwards. */
void names_forget(struct name **);

/* After poll, and every NAMES_TICK_MS. */
void names_run(struct names *);

/* The next answer: sets the client, whose question has ended, and its name in lower case, which is
   the caller's to free, or NULL where it has none: none was found, or what was found is not a host
   name. Returns 1, or 0 where there is no answer. */
int names_take(struct names *, void **client, char **host);

#endif
