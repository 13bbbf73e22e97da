/*
 * proxied: reads the header that proxy writes: by it a load balancer tells a server who the client
 * is. Versions 1 and 2 of the PROXY protocol, as HAProxy's doc/proxy-protocol.txt has them.
 *
 * This looks at bytes and takes none off a descriptor. All that is told is in the first PROXIED_HEAD
 * bytes of a header; what comes behind these in version 2 (TLVs) is skipped by its length, and need
 * not be kept. A caller must not take one byte too many, since what comes behind the header is the
 * client's, and must not wait for a header of which it has only peeked at a part: the descriptor
 * stays readable, and a loop around poll would spin. Three ways are right:
 *
 * - Peek at PROXIED_HEAD bytes. As long as the answer is PROXIED_MORE, all that has come belongs to
 *   the header, and may be taken off. Then take off what is left of length.
 * - Where one cannot peek, as on a pipe, read at most what is missing of length. No header that
 *   begins in this way is shorter.
 * - In an edge-triggered epoll peek at PROXIED_HEAD bytes, each time more has come. After PROXIED_DONE
 *   take off length bytes, as they come.
 */
#ifndef PROXIED_H
#define PROXIED_H

#include <stddef.h>

#include "address.h"

/* So many bytes are enough to know what a header says: the longest line of version 1. One of version 2
   can have PROXIED_MAX. */
enum { PROXIED_HEAD = 107, PROXIED_MAX = 16 + 65535 };

enum proxied_progress { PROXIED_MORE, PROXIED_DONE, PROXIED_BAD };

enum proxied_command {
	PROXIED_CLIENT,		/* a client of the sender's: from and to are its connection's ends */
	PROXIED_LOCAL,		/* the sender's own connection, as a health check is */
	PROXIED_UNKNOWN		/* a client whose addresses are not told, or are no TCP connection's */
};

struct proxied {
	size_t length;		/* of the header, with PROXIED_DONE, though not all of it need have come;
				   with PROXIED_MORE it has no less than this, which is more than has
				   come, and no more than PROXIED_HEAD */
	int version;		/* 1 or 2; 0 as long as nothing has come */
	enum proxied_command command;
	struct address from, to;	/* of PROXIED_CLIENT; a v4-mapped address is given as IPv4 */
	const char *why;	/* of PROXIED_BAD: what is wrong with it, in words */
};

/* Reads the first len bytes of a connection, of which more than PROXIED_HEAD make no difference. It does
   not wait for the end to find a header bad: a client that speaks SMTP is found out by the first byte,
   a bad field by its end. PROXIED_DONE: the rest of length bytes says nothing, if it has come at all.
   What stands behind the header is not looked at. */
enum proxied_progress proxied_read(struct proxied *, const void *bytes, size_t len);

/* The words for a header of which nothing has come in time: some balancers send it only with the client's
   first bytes, and a patient client has none before the greeting. */
extern const char proxied_none[];

#endif
