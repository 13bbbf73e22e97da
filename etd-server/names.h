/*
 * names: the reverse names of clients, looked up beside all else.
 */
#ifndef NAMES_H
#define NAMES_H

#include "address.h"
#include "dns.h"

struct names {
	struct dns *dns;	/* set, and open, before any question */
	int confirm;			/* only names that have the client's address */
	struct name *answered;
};

/* One question. */
struct name;

/* Asks for a client's name. The answer may be there at once, but is given by names_take alone.
   Returns NULL where memory runs out, or too much is asked already. */
struct name *names_ask(struct names *, const struct address *, void *client);

/* The client has gone, or waits no more: there will be no answer. A question of NULL is none, and
   it is NULL afterwards. */
void names_forget(struct name **);

/* The next answer: sets the client, whose question has ended, and its name in lower case, which is
   the caller's to free, or NULL where it has none: none was found, or what was found is not a host
   name. Returns 1, or 0 where there is no answer. */
int names_take(struct names *, void **client, char **host);

#endif
