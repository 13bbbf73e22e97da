/*
 * relay: bytes between a client and a backend, both ways, with an eye on whose turn it is to speak.
 * Nothing here waits: the caller polls for what relay_waits says, and hands in what poll said.
 */
#ifndef RELAY_H
#define RELAY_H

#include <poll.h>

#include "flow.h"
#include "sync.h"
#include "talk.h"

struct relay {
	struct sync sync;
	struct words words;	/* what the client said when it had to be silent */
	int64_t moved_ms;	/* when a byte moved last ... */
	const struct flow *moved;	/* ... and where */
	struct flow in;		/* client to backend */
	struct flow out;	/* backend to client */
	int64_t line_ms;	/* the client is refused: until when the rest of a line is waited for; or 0 */
	const char *state;	/* how it ended, in HAProxy's letters: see etd-connect(8) */
};

/* Begins, between the client's descriptors (one socket twice, or two pipes) and the backend's non-blocking
   socket. */
void relay_begin(struct relay *, const int client[2], int backend, enum sync_until,
    struct buffers *, int64_t now_ms);

/* What to poll for: the client's two descriptors and the backend; one that is not waited for is -1. And
   when the silence has lasted for too long. */
enum { RELAY_FDS = 3 };
void relay_waits(const struct relay *, struct pollfd fds[RELAY_FDS]);
int64_t relay_due(const struct relay *, int64_t idle_ms);

enum relayed {
	RELAY_WAITS,
	RELAY_TALKS,	/* the client talks out of turn: words. Refuse it, or call relay_allow */
	RELAY_OVER	/* state; if in has not come to its end, the client may still send: see reply.h */
};

/* Moves what can be moved, as poll has found the descriptors. */
enum relayed relay_go_on(struct relay *, const struct pollfd fds[RELAY_FDS], int64_t idle_ms,
    int64_t now_ms);

/* The client may say what it likes from now on. */
void relay_allow(struct relay *);

/* The client is refused: nothing more of it is passed on. A line of which it has been sent only the beginning
   goes on to its end, so that no reply of ours begins in the middle of it: the backend's own words, for which
   RELAY_LINE_MS are waited. Returns RELAY_OVER if that is done or there is no such line; otherwise
   relay_go_on goes on with it. If the end of the line did not come, sync_is_in_line still says so. */
enum { RELAY_LINE_MS = 2000 };
enum relayed relay_refuse(struct relay *, int64_t now_ms);

/* It is over, whatever has not been written. Gives back buffers and pipes; the sockets are the caller's. */
void relay_end(struct relay *);

#endif
