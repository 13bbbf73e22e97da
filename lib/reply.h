/*
 * reply: words of ours to a client, on a socket or on two pipes. Nothing here waits, but for
 * reply_close.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>

/* "421 4.3.0 ...": why a client that comes again later may find things mended. */
extern const char reply_later[];

/* Writes a few lines, CRLF at the end of each, that others complete. Errors mean that the client
   has gone, and are left for the drain or the next program to meet. */
void reply_send(int fd, const char *lines, size_t len);

/* The same for the last lines, after which the caller half-closes at once: over TCP both then go in
   one segment. */
void reply_last(int fd, const char *lines, size_t len);
void reply_end(int fd);

/*
 * The drain after a reply: reads and drops what the client still sends, until it closes too or
 * for at most REPLY_DRAIN_MS and REPLY_DRAIN_BYTES. To close with bytes unread would make the
 * kernel send RST, and the client would lose the reply.
 */
enum { REPLY_DRAIN_MS = 2000, REPLY_DRAIN_BYTES = 1 << 20 };

/* Drops what has come on a socket, or on a pipe that is readable, and takes it off what is left of
   the bytes. Returns 1, or 0 when the drain is over. */
int reply_drain(int fd, size_t *left);

/* Half-closes, and all of the drain, for a program with one client: returns when it is over. */
void reply_close(int in, int out);

#endif
