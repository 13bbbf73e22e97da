/*
 * peers: how many connections each network has. See peers.h.
 */
#include "peers.h"

#include <stdlib.h>

int
peers_open(struct peers *p, size_t connections)
{
	return table_open(&p->table, connections);
}

struct peer *
peers_enter(struct peers *p, const struct network *network)
{
	struct peer *peer = (struct peer *)table_find(&p->table, network);

	if (peer == NULL) {
		peer = malloc(sizeof *peer);
		if (peer == NULL)
			return NULL;
		peer->entry.network = *network;
		peer->n = 0;
		table_add(&p->table, &peer->entry);
	}
	peer->n++;
	return peer;
}

void
peers_leave(struct peers *p, struct peer *peer)
{
	if (peer == NULL || --peer->n > 0)
		return;
	table_remove(&p->table, &peer->entry);
	free(peer);
}
