/*
 * greeting: the moment in which a backend can still be exchanged for another, because
 * the client has been sent nothing yet.
 */
#ifndef GREETING_H
#define GREETING_H

#include <stddef.h>
#include <stdint.h>

#include "wait.h"

enum greeting {
	GREETING_READY,		/* the backend has spoken, or the client chose it by speaking */
	GREETING_LATER,		/* a 4xx greeting: another backend may do better */
	GREETING_NONE,		/* errno: 0 for closed, ETIMEDOUT for silent, ... */
	GREETING_GONE,		/* the client has hung up */
	GREETING_TALK		/* the client talks, which it must not */
};

enum { GREETING_TEXT = 100 };

/*
 * Waits for the first bytes from the backend, which are looked at but not taken: the relay or
 * the program will read them. Up to GREETING_TEXT of the first line are put into text; *len is
 * 0 where the backend has not spoken.
 */
enum greeting greeting_wait(int backend, struct wait *, int64_t deadline_ms, char *text,
    size_t *len);

#endif
