/*
 * front: looks at a front as a patient client does.
 */
#ifndef FRONT_H
#define FRONT_H

#include <stdint.h>

#include "reason.h"

enum { FRONT_NAME_MAX = 256, FRONT_WAIT_MS = 30000 };

struct front {
	char host[FRONT_NAME_MAX];	/* a name or an address */
	const char *port;		/* its number, or a service's name */
	int64_t wait_ms;		/* for the whole greeting; FRONT_WAIT_MS is the default */
	int64_t proxy;			/* the version of the PROXY header that goes first; 0: none does */
	const char *client;		/* the address that the header names. NULL: this host's own, or no
					   client at all (LOCAL): see proxy_local */
};

/* From "mx.example.com:25", "192.0.2.1:25" or "[2001:db8::1]:25", which must last as long. Returns 0
   if it is none of these. */
int front_parse(struct front *, const char *text);

enum front_result {
	FRONT_SERVES,	/* it greeted with a 2xx code; words is the greeting */
	FRONT_FAILS,	/* words says how */
	FRONT_UNKNOWN	/* there was nothing to look at: words says why */
};

/* Connects, sends the header, says nothing else until the whole greeting is there, says QUIT then, and leaves. It takes no longer
   than wait_ms and what the resolver needs, and two seconds for the reply to QUIT. *greeted_ms is
   how long the greeting took, -1 if there was none. All of words is printable ASCII. */
enum front_result front_look(const struct front *, int64_t *greeted_ms, char words[REASON_MAX]);

#endif
