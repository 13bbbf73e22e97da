/*
 * reply: the last words to a client, on a socket or on two pipes.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>
#include <stdint.h>

/* Writes a few lines, CRLF at the end of each. Errors mean that the client has
   gone, and are left for the drain or the next program to meet. */
void reply_send(int fd, const char *lines, size_t len);

/*
 * The drain after a reply: half-close, then read and drop what the client still sends, until
 * it closes too or for at most 2 s and 1 MiB. To close with bytes unread would make the
 * kernel send RST, and the client would lose the reply.
 */
struct drain {
	int fd;			/* to poll for POLLIN */
	int64_t end_ms;		/* on the clock of clock_ms: it is over then */
	size_t left;		/* bytes that it takes until then */
};

/* Half-closes out. */
void drain_begin(struct drain *, int in, int out);

/* Reads once, when there is something to read. Returns 1, or 0 when the drain is over. */
int drain_read(struct drain *);

/* All of it, for a program with one client: returns when it is over. */
void reply_close(int in, int out);

#endif
