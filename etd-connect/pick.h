/*
 * pick: backends from backends.cdb, in the order in which to try them.
 */
#ifndef PICK_H
#define PICK_H

#include <stdint.h>

#include "record.h"

enum { PICK_TRIES_MAX = 100 };

enum balance {
	PICK_ROUNDROBIN,	/* whose turn it is, over all processes */
	PICK_RANDOM,
	PICK_SOURCE,		/* by the client's address: the same one, the same backend */
	PICK_FIRST		/* the first in the list */
};

struct pick {
	int fd;
	const char *path, *client;
	enum balance balance;
	int64_t slots, walked;
	uint64_t start;			/* the first slot to look at */
	int ntried;
	char tried[PICK_TRIES_MAX][RECORD_NAME_MAX + 1];
};

/* The balance of that name. Returns 1, or 0 for what is none. */
int pick_balance(const char *name, enum balance *);

/* Opens the file and takes a turn, for the client at that address. One that cannot be read or
   is no list of backends is given up: client_giveup(111). */
void pick_open(struct pick *, const char *path, enum balance, const char *client);

/* The next backend that has not been picked yet. Returns 1, or 0 when there is none. */
int pick_next(struct pick *, struct record *);

#endif
