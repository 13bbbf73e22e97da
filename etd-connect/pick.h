/*
 * pick: backends from backends.cdb, in the order in which to try them.
 */
#ifndef PICK_H
#define PICK_H

#include <stdint.h>

#include "list.h"

enum { PICK_TRIES_MAX = 100 };

enum balance {
	PICK_ROUNDROBIN,	/* whose turn it is, over all processes */
	PICK_RANDOM,
	PICK_SOURCE,		/* by the client's address: the same one, the same backend */
	PICK_FIRST,		/* the first in the list */
	PICK_BALANCES
};

extern const char *const pick_balances[PICK_BALANCES];	/* "roundrobin", ... */

struct pick {
	struct list list;
	const char *client;
	enum balance balance;
	int64_t walked;
	uint64_t start;			/* the first slot to look at */
	int ntried;
	char tried[PICK_TRIES_MAX][RECORD_NAME_MAX + 1];
};

/* Opens the file and takes a turn, for the client at that address. Returns 1, or 0 with why for
   a file that cannot be read or is not a list of backends. */
int pick_open(struct pick *, const char *path, enum balance, const char *client,
    char why[REASON_MAX]);

enum picked {
	PICKED_ONE,
	PICKED_NONE,	/* there is none left */
	PICKED_ERROR	/* the file is damaged: why */
};

/* The next backend that has not been picked yet. */
enum picked pick_next(struct pick *, struct record *, char why[REASON_MAX]);

/* Opens the file again if it has been replaced, and can be read. Who has been picked is not picked again.
   Returns 1 if there is a newer list now. */
int pick_refresh(struct pick *);

/* Whether the list has that backend, with that address. */
int pick_has(const struct pick *, const struct record *);

#endif
