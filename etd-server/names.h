/*
 * names: the reverse names of clients, looked up beside all else.
 *
 * All who wait for the name of one address share one search for it. That goes on when they have gone, for
 * those who come later, until it ends: an address costs one question at a time, however often it connects.
 * No network has more than NAMES_OF_NETWORK searches at once: one IPv6 network has addresses without end.
 */
#ifndef NAMES_H
#define NAMES_H

#include "address.h"
#include "dns.h"
#include "peers.h"
#include "table.h"

#ifndef NAMES_OF_NETWORK
#define NAMES_OF_NETWORK 256
#endif

struct names {
	struct dns *dns;		/* set, and open, before any question */
	int confirm;			/* only names that have the client's address */
	int bits4, bits6;		/* of an address: its network */
	struct table searches;
	struct peers networks;		/* how many searches each has */
	struct search *answered, *last;	/* with those who still have to hear of it, in this order */
};

/* What one client waits for. */
struct name;

/* dns, confirm and the bits are set. Returns 1, or 0 with why. */
int names_open(struct names *, char why[REASON_MAX]);

/* Asks for a client's name. The answer may be there at once, but is given by names_take alone.
   Returns NULL where memory runs out, or too much is asked already. */
struct name *names_ask(struct names *, const struct address *, void *client);

/* Ends the waiting, since the client has gone or waits no more: there will be no answer. Does nothing for a
   name of NULL, and makes it NULL. */
void names_forget(struct name **);

/* The next answer: sets the client, which waits no more, and its name in lower case, which is
   the caller's to free, or NULL where it has none: none was found, or what was found is not a host
   name. Returns 1, or 0 where there is no answer. */
int names_take(struct names *, void **client, char **host);

#endif
