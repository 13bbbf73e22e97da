/*
 * relay: bytes between the client and a backend, neither read nor changed.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stddef.h>
#include <stdint.h>

#include "sync.h"
#include "talk.h"

enum { RELAY_BUFFER = 65536 };

/* One direction. */
struct flow {
	int from, to;
	size_t start, len;	/* what waits to be written: of buffer, or len bytes in the pipe */
	int64_t bytes;		/* written */
	int pipe_tried;		/* a pipe was made, or could not be */
	int piped;		/* the bytes go through it */
	int pipe[2];
	int eof;		/* nothing more comes */
	int done;		/* and nothing more goes */
	int dropped;		/* nobody is left to take what still comes */
	char buffer[RELAY_BUFFER];
};

struct relay {
	int backend;
	struct sync sync;
	struct words words;	/* what the client said when it had to be silent */
	int64_t moved_ms;	/* when a byte moved last ... */
	const struct flow *moved;	/* ... and where */
	struct flow in;		/* client to backend */
	struct flow out;	/* backend to client */
	const char *state;
};

/* Between the client on descriptors 0 and 1 (a socket or pipes) and the backend on a
   non-blocking socket. */
void relay_begin(struct relay *, int backend, enum sync_until);

/*
 * Runs until both directions have ended, or no byte has moved for idle_ms. Returns 1 then; state
 * says how it ended, in HAProxy's letters: see etd-connect(8). Returns 0, with what it said in
 * words, when the client talks out of turn: the caller answers it, or lets it talk
 * (relay_allow) and calls again.
 */
int relay_run(struct relay *, int64_t idle_ms);
void relay_allow(struct relay *);

#endif
