/*
 * relay: bytes between the client and a backend, neither read nor changed.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stddef.h>
#include <stdint.h>

enum { RELAY_BUFFER = 65536 };

/* One direction. */
struct flow {
	int from, to;
	size_t start, len;	/* of buffer: what waits to be written */
	int64_t bytes;		/* written */
	int eof;		/* nothing more comes */
	int done;		/* and nothing more goes */
	int dropped;		/* what still comes has nobody to go to */
	char buffer[RELAY_BUFFER];
};

struct relay {
	int backend;
	struct flow in;		/* client to backend */
	struct flow out;	/* backend to client; may hold the greeting already */
	const char *state;	/* how it ended, HAProxy's letters: see etd-connect(8) */
};

/* The client on descriptors 0 and 1 (a socket or pipes), the backend on a non-blocking
   socket. */
void relay_init(struct relay *, int backend);

/* Leaves a backend that will not do, before the client has been sent anything. */
void relay_drop(struct relay *);

/* Until both directions have ended, or no byte has moved for idle_ms. */
void relay_run(struct relay *, int64_t idle_ms);

#endif
