/*
 * table: what is known by network: finds an entry in constant time, and remembers in which order they
 * were added, or touched last. A thing that is known by network begins with a struct entry, which is
 * all that the table knows of it.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "network.h"

struct entry {
	struct network network;			/* set before it is added */
	struct entry *chain, *older, *newer;	/* the table's own */
};

struct table {
	struct entry **buckets;
	size_t mask, n;
	uint64_t secret;	/* so that nobody can choose networks that all fall in one bucket */
	struct entry *oldest, *newest;
};

/* Makes one for about so many entries. Returns 1, or 0 where memory runs out. */
int table_open(struct table *, size_t entries);

/* The entry of that network, or NULL. */
struct entry *table_find(const struct table *, const struct network *);

/* table_add makes it the newest; there must be none of its network. */
void table_add(struct table *, struct entry *);
void table_remove(struct table *, struct entry *);

/* It becomes the newest. */
void table_touch(struct table *, struct entry *);

#endif
