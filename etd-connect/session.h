/*
 * session: one client and the backends that are tried for it.
 */
#ifndef SESSION_H
#define SESSION_H

#include "client.h"
#include "greeting.h"
#include "pick.h"

/* A backend to try, and its socket. */
struct candidate {
	struct record record;
	int fd;			/* -1: there is none, yet or for the reason error */
	int error;
};

struct session {
	int64_t tries_max, connect_timeout_ms, greeting_timeout_ms;
	struct client client;
	struct address from, to;	/* the client's connection */
	struct pick pick;
	struct candidate candidates[PICK_TRIES_MAX];
	int picked, tries;		/* of them; tried so far */
	int64_t start_ms;
	int64_t connect_ms, greeting_ms;	/* how long it took; -1: not reached */
	char reason[GREETING_TEXT];	/* why the last attempt failed, from the network */
	size_t reason_len;
	const char *state;		/* how it failed, or ended: see etd-connect(8) */
};

/* Picks all the candidates that there may be, and makes the sockets that need privilege. */
void session_prepare(struct session *);

enum found {
	FOUND,		/* candidate tries - 1 is connected, and is the one */
	FOUND_NONE,
	FOUND_GONE	/* the client has hung up */
};

/* Tries one candidate after the other, until one is ready, or said 4xx like all before it
   and was the last. */
enum found session_find(struct session *);

/* The candidate that is being tried, or was the last. */
const struct candidate *session_last(const struct session *);

#endif
