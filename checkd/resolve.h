/*
 * resolve: the addresses of backends that the source gives by host name.
 *
 * A few child processes ask, each for its share, one host after the other, and answer
 * on a pipe: the system's resolver may take its time, and probes go on meanwhile.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <sys/types.h>

#include "source.h"

enum { RESOLVE_CHILDREN = 8 };

struct resolve {
	int fd;		/* to poll for answers; -1: no child is asking */
	pid_t pids[RESOLVE_CHILDREN];
};

struct answer {
	size_t backend;		/* its index in the source */
	struct address address;	/* valid where why is empty */
	char why[101];
};

/* Asks for the backend's host, here and now: the address that it has, if the resolver still
   gives that, else the first; of the family of source=, if any. */
void resolve_ask(const struct backend *, struct answer *);

/* Whether the backend has a host that is not resolved. */
int resolve_wants(const struct backend *);

/* Asks for each that is wanted. Does nothing if there is none. */
void resolve_start(struct resolve *, const struct source *);

/* One answer. Returns 1, or 0 when there is none yet, or, with fd -1, no more. */
int resolve_take(struct resolve *, struct answer *);

/* Ends the children, if there are any. */
void resolve_end(struct resolve *);

#endif
