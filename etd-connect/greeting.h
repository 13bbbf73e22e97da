/*
 * greeting: the moment in which a backend can still be exchanged for another, because
 * the client has been sent nothing yet.
 */
#ifndef GREETING_H
#define GREETING_H

#include "relay.h"

enum greeting {
	GREETING_READY,		/* the backend has spoken, or else the client has */
	GREETING_LATER,		/* a 4xx greeting: another backend may do better */
	GREETING_NONE,		/* errno: 0 for closed, ETIMEDOUT for silent, ... */
	GREETING_GONE		/* the client has hung up */
};

/* Waits for the first bytes from the backend; they are left in relay->out. */
enum greeting greeting_wait(struct relay *, int64_t timeout_ms);

#endif
