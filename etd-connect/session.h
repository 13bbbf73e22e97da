/*
 * session: one client and the backends that are tried for it.
 */
#ifndef SESSION_H
#define SESSION_H

#include "client.h"
#include "config.h"
#include "greeting.h"
#include "pick.h"
#include "reason.h"

/* A backend to try, and its socket. */
struct candidate {
	struct record record;
	int fd;			/* -1: not made yet, or it could not be made */
	int error;		/* why, or 0 */
};

struct session {
	struct client client;
	struct address from, to;	/* the client's connection */
	struct pick pick;
	struct candidate candidates[PICK_TRIES_MAX];
	int picked, tries;		/* how many candidates there are; how many were tried */
	int all_later;			/* each one tried said 4xx */
	struct wait wait;
	int64_t start_ms, deadline_ms;	/* of the search */
	int64_t connect_ms, greeting_ms;	/* how long it took; -1: not reached */
	const char *step;		/* where the last attempt failed: "connect", "greeting" ... */
	char reason[GREETING_TEXT];	/* ... and why, from the network */
	size_t reason_len;
	const char *state;		/* how it failed, or ended: see etd-connect(8) */
};

/* Begins; the time for the search counts from now on. */
void session_begin(struct session *, const struct config *);

/* Picks all the candidates that there may be, and makes the sockets that need privilege.
   Returns 1, or 0 with why. */
int session_prepare(struct session *, const struct config *, char why[REASON_MAX]);

enum tried {
	TRIED_FOUND,	/* the candidate is connected, and is the one */
	TRIED_LATER,	/* it said 4xx like all before it and was the last: it is the one */
	TRIED_FAILED,	/* the next one may do: step, reason and state say why this did not */
	TRIED_NONE,	/* there is none left */
	TRIED_GONE,	/* the client has hung up */
	TRIED_TALK,	/* the client talks, which it must not */
	TRIED_ERROR	/* the client must be given up: why */
};

/* Tries the next candidate. */
enum tried session_try(struct session *, const struct config *, char why[REASON_MAX]);

/* The candidate that was tried last. */
const struct candidate *session_last(const struct session *);

#endif
