/*
 * reply: the last words to a client, on descriptors 0 and 1 (a socket or pipes).
 */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>

/* Writes a few lines, CRLF at the end of each. Errors mean that the client has
   gone, and are left for reply_close or the next program to meet. */
void reply_send(const char *lines, size_t len);

/* Half-closes, then reads and drops what the client still sends, until it closes
   too or for at most 2 s and 1 MiB. To close with bytes unread would make the
   kernel send RST, and the client would lose the reply. */
void reply_close(void);

#endif
