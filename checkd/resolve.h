/*
 * resolve: the addresses of backends that the source gives by host name.
 *
 * A few child processes ask, each for its share, one host after the other, and answer
 * on a pipe: the system's resolver may take its time, and probes go on meanwhile.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <sys/types.h>

#include "backend.h"

enum { RESOLVE_CHILDREN = 8 };

struct resolve {
	int fd;		/* to poll for answers; -1: no child is asking */
	pid_t pids[RESOLVE_CHILDREN];
};

struct answer {
	size_t backend;		/* its index, in the source's order */
	struct address address;	/* valid where why is empty */
	char why[101];
};

/* Asks here and now for "mx.example.com:25". The answer is the address that the record has, if the
   resolver still gives that, else the first; of the family of its source=, if any. */
void resolve_ask(const char *host, const struct record *, struct answer *);

/* Whether the backend has a host that is not resolved. */
int resolve_wants(const struct backend *);

/* Begins to ask for all that resolve_wants names, if there are any. */
void resolve_start(struct resolve *, const struct backends *);

/* Takes one answer. Returns 1, or 0 where there is none now; if fd is -1, no more will come. */
int resolve_take(struct resolve *, struct answer *);

/* Ends the children, if there are any. */
void resolve_end(struct resolve *);

#endif
