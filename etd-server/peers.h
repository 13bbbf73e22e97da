/*
 * peers: how many connections each network has, held ones and those with a program.
 */
#ifndef PEERS_H
#define PEERS_H

#include "table.h"

struct peer {
	struct entry entry;
	size_t n;
};

struct peers {
	struct table table;
};

/* For about so many connections. Returns 1, or 0 where memory runs out. */
int peers_open(struct peers *, size_t connections);

/* One more. Returns NULL where memory runs out. */
struct peer *peers_enter(struct peers *, const struct network *);

/* One less; does nothing for a peer of NULL. */
void peers_leave(struct peers *, struct peer *);

#endif
