/*
 * dial: a connection to a backend, from the address that its record asks for. Nothing here waits.
 */
#ifndef DIAL_H
#define DIAL_H

#include "record.h"

/*
 * Returns a non-blocking socket, bound to the record's source; client is the address that source=client
 * stands for. Returns -1 with errno: for source=client EAFNOSUPPORT if the two are of different families,
 * EADDRNOTAVAIL if the client's is not known, EPERM if this process may not use another's address.
 */
int dial_socket(const struct record *, const struct address *client);

enum dial {
	DIAL_DONE,	/* the connection stands */
	DIAL_WAITS,	/* poll for POLLOUT, and call dial_finish then */
	DIAL_FAILED	/* errno */
};

/* Begins to connect the socket. */
enum dial dial_start(int fd, const struct address *);

/* Returns how the connect has ended. */
enum dial dial_finish(int fd);

#endif
