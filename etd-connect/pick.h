/*
 * pick: backends from backends.cdb, in the order in which to try them.
 */
#ifndef PICK_H
#define PICK_H

#include <cdb.h>
#include <stdint.h>

#include "record.h"

enum { PICK_TRIES_MAX = 100 };

struct pick {
	struct cdb cdb;
	const char *path;
	int64_t slots, walked;
	uint64_t start;			/* the first slot to look at */
	int ntried;
	char tried[PICK_TRIES_MAX][RECORD_NAME_MAX + 1];
};

/* Opens the file and takes a turn. One that cannot be read or is no list of backends
   is given up: client_giveup(111). */
void pick_open(struct pick *, const char *path);

/* The next backend that has not been picked yet. Returns 1, or 0 when there is none. */
int pick_next(struct pick *, struct record *);

#endif
