/*
 * greeting: the moment in which a backend can still be exchanged for another, because
 * the client has been sent nothing yet.
 */
#ifndef GREETING_H
#define GREETING_H

#include <stddef.h>
#include <stdint.h>

enum greeting {
	GREETING_READY,		/* the backend has spoken, or else the client has */
	GREETING_LATER,		/* a 4xx greeting: another backend may do better */
	GREETING_NONE,		/* errno: 0 for closed, ETIMEDOUT for silent, ... */
	GREETING_GONE		/* the client has hung up */
};

enum { GREETING_TEXT = 100 };

/*
 * Waits for the first bytes from the backend, which are looked at but not taken: what
 * comes of the connection is another's. Up to GREETING_TEXT of the first line are put
 * into text; *len is 0 where the backend has not spoken.
 */
enum greeting greeting_wait(int backend, int64_t timeout_ms, char *text, size_t *len);

#endif
