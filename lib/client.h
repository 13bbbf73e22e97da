/*
 * client: who is at the other end of a connection.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "address.h"
#include "logfmt.h"
#include "setting.h"

struct client {
	char ip[ADDRESS_SIZE];	/* "unknown" if it is not known; v4-mapped shown as v4 */
	char port[8];		/* "" if unknown */
	const char *host;	/* the reverse name, as the settings have it; "" if there is none */
};

/* From the UCSPI server's variables ($PROTO gives the prefix: TCPREMOTEIP ...,
   see tcp-environ(5)), else systemd's REMOTE_ADDR and REMOTE_PORT, else
   getpeername(2) of fd. */
void client_find(struct client *, int fd, const struct settings *);

/* Both ends of the client's connection: TCPREMOTEIP, TCPREMOTEPORT, TCPLOCALIP and TCPLOCALPORT,
   or what the socket fd says. Where the client's address is not known, from has len 0; where this
   host's is not, to is 0.0.0.0 or ::. A zone, as in fe80::1%eth0, is left out. */
void client_ends(const struct client *, int fd, const struct settings *, struct address *from,
    struct address *to);

/* ip and port from an address; host is left alone. */
void client_at(struct client *, const struct address *);

/* The fields ip= and port=. */
void client_log(struct logfmt *, const struct client *);

#endif
