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
	size_t start, len;	/* of buffer, or of what is in the pipe: what waits to be written */
	int64_t bytes;		/* written */
	int pipe_tried, piped;	/* one was made, or could not be; the bytes go through it */
	int pipe[2];
	int eof;		/* nothing more comes */
	int done;		/* and nothing more goes */
	int dropped;		/* what still comes has nobody to go to */
	char buffer[RELAY_BUFFER];
};

struct relay {
	int backend;
	struct flow in;		/* client to backend */
	struct flow out;	/* backend to client */
	const char *state;
};

/*
 * Between the client on descriptors 0 and 1 (a socket or pipes) and the backend on a
 * non-blocking socket, until both directions have ended, or no byte has moved for idle_ms.
 * Returns how it ended, in HAProxy's letters: see etd-connect(8).
 */
const char *relay_run(struct relay *, int backend, int64_t idle_ms);

#endif
