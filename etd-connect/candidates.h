/*
 * candidates: the backends that may be tried for a client, in turn, and their sockets.
 *
 * A client may wait for one backend for minutes. Before the next one is tried the list is looked at again:
 * one that was taken out of use since then gets no client.
 */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include "pick.h"

struct candidate {
	struct record record;
	int fd;			/* -1: not made yet, or it could not be made */
	int error;		/* why, or 0 */
};

struct candidates {
	struct pick pick;	/* opened by the caller, ... */
	struct address from;	/* ... who sets the client's address for source=client, ... */
	int most;		/* ... and how many may be tried */
	int picked, tried;
	int prepared;		/* what needs privilege has its socket by now, or gets none */
	int refreshed;		/* the list is newer than what was picked first */
	struct candidate all[PICK_TRIES_MAX];
};

/* Picks all of them, and makes the sockets that need privilege. Returns 1, or 0 with why. */
int candidates_prepare(struct candidates *, char why[REASON_MAX]);

/* Sets the next one, with its socket, which is the caller's then. */
enum picked candidates_next(struct candidates *, const struct candidate **, char why[REASON_MAX]);

/* Closes the sockets that were prepared and are not needed. */
void candidates_end(struct candidates *);

#endif
