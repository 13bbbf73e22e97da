/*
 * listen: the sockets on which clients come in.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include "setting.h"

enum { LISTEN_MAX = 16 };

struct listen {
	int n;
	int fds[LISTEN_MAX];	/* non-blocking */
	int inherited;		/* somebody else has them, too, and keeps them open */
	int receive_buffer;	/* of a program's client, as SO_RCVBUF sets it; 0: as it is accepted */
};

/* Opens one on host, which is an address, a name (its first address), or "0" or "" for every address of this
   host, and port, a number or a service's name. Returns 1, or 0 with why. */
int listen_open(struct listen *, const char *host, const char *port, int backlog, char why[REASON_MAX]);

/* Takes those that were handed over as sd_listen_fds(3) says. Returns 1, with n = 0 where there are none, or
   0 with why. */
int listen_inherit(struct listen *, const struct settings *, char why[REASON_MAX]);

/* Has the sockets that are accepted send small pieces at once (tcp(7): TCP_NODELAY). */
void listen_no_delay(const struct listen *);

/* Has the kernel keep little of what clients say before somebody reads it: they are accepted with a receive
   buffer of LISTEN_BUFFER bytes, as socket(7) counts them, and offer half of that as their window. Does nothing
   on a kernel before 5.14, which could not give a program the usual buffer, nor if any of the sockets
   has a buffer of somebody's choice. */
enum { LISTEN_BUFFER = 32768 };
void listen_narrow(struct listen *);

/* Gives an accepted socket the receive buffer that it would have had, which grows as it is read. */
void listen_widen(const struct listen *, int fd);

/* The port of the first one. */
unsigned listen_port(const struct listen *);

#endif
