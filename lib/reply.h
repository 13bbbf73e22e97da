/*
 * reply: what these programs themselves say to a client, on a socket or on two pipes. Only
 * reply_close waits.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>

/* "421 4.3.0 ...", which tells a client to come again later. */
extern const char reply_later[];

/* Writes a few lines, with CRLF at the end of each, to which more will be added. An error means that
   the client has gone, which the drain or the next program will find out. */
void reply_send(int fd, const char *lines, size_t len);

/* reply_last writes the last lines. The caller then half-closes at once, by reply_end or
   reply_close: so over TCP the lines and the FIN go in one segment. */
void reply_last(int fd, const char *lines, size_t len);
void reply_end(int fd);

/*
 * The drain after a reply: reads and drops what the client still sends, until it closes too or
 * for at most REPLY_DRAIN_MS and REPLY_DRAIN_BYTES. To close with bytes unread would make the
 * kernel send RST, and the client would lose the reply.
 */
enum { REPLY_DRAIN_MS = 2000, REPLY_DRAIN_BYTES = 1 << 20 };

/* Drops what has come on a socket, or on a pipe that is readable, and subtracts it from the bytes
   that are left to drop. Returns 1, or 0 when the drain is over. */
int reply_drain(int fd, size_t *left);

/* Half-closes and does the whole drain, for a program with one client. */
void reply_close(int in, int out);

#endif
