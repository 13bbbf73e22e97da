/*
 * locals: the addresses at which clients come in. See locals.h.
 */
#include "locals.h"

#include <stdlib.h>

struct local *
locals_find(struct locals *l, int fd, struct names *names)
{
	struct address a = { .len = sizeof a.v6 };
	struct local *local;

	if (getsockname(fd, &a.any, &a.len) == -1)
		return NULL;
	address_unmap(&a);
	for (int i = 0; i < l->n; i++)
		if (address_equal(&l->all[i].address, &a))
			return &l->all[i];
	local = l->n < LOCALS_MAX ? &l->all[l->n++] : &l->other;
	local->address = a;
	if (names != NULL && local != &l->other)
		names_ask(names, &a, local);
	return local;
}

int
locals_take(struct locals *l, void *local, char *host)
{
	for (int i = 0; i < l->n; i++)
		if (local == &l->all[i]) {
			free(l->all[i].host);
			l->all[i].host = host;
			return 1;
		}
	return 0;
}
