/*
 * wire: a client's connection, plain or through TLS. Nothing here blocks.
 */
#ifndef WIRE_H
#define WIRE_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

struct wire {
	int fd;			/* -1 when it is closed */
	SSL *tls;		/* or NULL */
};

/* Begins to connect: to an IPv4 server from that address, in the host's byte order, unless it is 0; with a
   receive buffer of that size, unless it is 0. Returns 0 when the server refuses at once, and then too it
   must be closed. Ends the program when there is no socket or no such address. */
int wire_open(struct wire *, const struct sockaddr_storage *server, uint32_t from, int buffer);

/* As read(2) and write(2). A failure of TLS is the end of what can be read, and is EPIPE in writing. */
ssize_t wire_read(struct wire *, void *, size_t);
ssize_t wire_write(struct wire *, const void *, size_t);

/* From here on it is TLS, with any certificate. Ends the program when there is no memory. */
void wire_start_tls(struct wire *);

/* Goes on with TLS's handshake. Returns 1 when it is done, 0 when it must be called again once there is
   something to read, and -1 when it has failed. */
int wire_shake_hands(struct wire *);

void wire_close(struct wire *);

#endif
