/*
 * proxied: reads the header that proxy writes: by it a load balancer tells a server who the client
 * is. Versions 1 and 2 of the PROXY protocol, as HAProxy's doc/proxy-protocol.txt has them.
 *
 * This looks at bytes and takes none off a descriptor. A caller must not take one too many, since
 * what comes behind the header is the client's, and must not wait for a header of which it has
 * only peeked at a part: the descriptor stays readable, and a loop around poll would spin. Three
 * ways are right:
 *
 * - Peek. As long as the header is not whole, all that has come belongs to it, and may be taken
 *   off. At the end, take off what is left of length.
 * - Where one cannot peek, as on a pipe, read at most what is missing of length. No header that
 *   begins in this way is shorter.
 * - In an edge-triggered epoll peek at all that is there, each time more has come. When the header
 *   is whole, read length bytes.
 */
#ifndef PROXIED_H
#define PROXIED_H

#include <stddef.h>

#include "address.h"

/* A longer header is bad. The protocol has its senders keep to this: it fits into the smallest
   segment that every host takes. */
enum { PROXIED_MAX = 536 };

enum proxied_progress { PROXIED_MORE, PROXIED_DONE, PROXIED_BAD };

enum proxied_command {
	PROXIED_CLIENT,		/* a client of the sender's: from and to are its connection's ends */
	PROXIED_LOCAL,		/* the sender's own connection, as a health check is */
	PROXIED_UNKNOWN		/* a client whose addresses are not told, or are no TCP connection's */
};

struct proxied {
	size_t length;		/* of the header, once it is whole; until then no less than this, and
				   more than has come */
	int version;		/* 1 or 2; 0 as long as nothing has come */
	enum proxied_command command;
	struct address from, to;	/* of PROXIED_CLIENT; a v4-mapped address is given as IPv4 */
	const char *why;	/* of PROXIED_BAD: what is wrong with it, in words */
};

/* Reads the first len bytes of a connection. It does not wait for the end to find a header bad: who
   speaks SMTP is found out by the first byte, a bad field by its end. What stands behind the
   header is not looked at. */
enum proxied_progress proxied_read(struct proxied *, const void *bytes, size_t len);

#endif
