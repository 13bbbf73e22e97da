/*
 * greeting: the moment in which a backend can still be exchanged for another, because
 * the client has been sent nothing yet.
 */
#ifndef GREETING_H
#define GREETING_H

#include <stddef.h>

enum greeting {
	GREETING_READY,		/* the backend has spoken */
	GREETING_LATER,		/* it said 4xx: another backend may do better */
	GREETING_SILENT,	/* nothing has come */
	GREETING_NONE		/* nothing will come: errno, 0 if the connection was closed */
};

enum { GREETING_TEXT = 100 };

/* Looks at the first bytes from the backend, which stay for the relay or the program to read. Puts up to
   GREETING_TEXT of the first line into text; *len is 0 if the backend has not spoken. */
enum greeting greeting_look(int backend, char text[GREETING_TEXT], size_t *len);

#endif
