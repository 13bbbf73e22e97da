/*
 * client: whoever is at the other end of descriptors 0 and 1.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "address.h"
#include "log.h"

struct client {
	const char *ip;		/* "unknown" if nothing says; v4-mapped shown as v4 */
	const char *port;	/* "" if unknown */
	const char *host;	/* the reverse name; "" if there is none */
	char ip_space[ADDRESS_SIZE], port_space[8];	/* what getpeername said */
};

/* From the UCSPI server's variables ($PROTO gives the prefix: TCPREMOTEIP ...,
   see tcp-environ(5)), else systemd's REMOTE_ADDR and REMOTE_PORT, else
   getpeername(0). */
void client_find(struct client *);

/* Both ends of the client's connection, from TCPREMOTEIP, TCPREMOTEPORT, TCPLOCALIP
   and TCPLOCALPORT or from the socket. A from that is not known has len 0, and such a
   to is the address that is none. */
void client_ends(const struct client *, struct address *from, struct address *to);

/* Whether it has hung up without a word: a FIN alone, or a reset. */
int client_is_gone(void);

/* The fields ip= and port=. */
void client_log(struct logfmt *, const struct client *);

/* Gives the client up, never without a word: the fatal message, then, unless
   descriptor 1 is a terminal, "421 4.3.0 ..." so that it tries again later.
   Exits with code. client_usage does the same for a usage message, and 100. */
_Noreturn void client_giveup(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void client_usage(const char *synopsis);

/* Takes the options -q, -Q and -v; any other is client_usage. Returns how many arguments
   that were. */
int client_options(int argc, char **argv, const char *synopsis);

/* The end of it: the reply, CRLF at its end, and exit. */
_Noreturn void client_leave(int code, const char *reply);

#endif
