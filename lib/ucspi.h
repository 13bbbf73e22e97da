/*
 * ucspi: the variables that tell a program about its connection, as tcpserver and, for IPv6, the one
 * of ucspi-tcp-ipv6 set them; see tcp-environ(5).
 */
#ifndef UCSPI_H
#define UCSPI_H

#include "address.h"
#include "chain.h"

/* A connection's ends. NULL: not known, and the variables for it are taken away. */
struct ucspi {
	const struct address *remote, *local;
	const char *remote_host, *local_host;
};

/* PROTO, TCPREMOTEIP and its kin, and, where the client has IPv6, TCP6REMOTEIP and its kin besides.
   remote must be known. What IDENT would say is taken away. */
void ucspi_set(struct chain *, const struct ucspi *);

/* The same variables of another protocol, such as SSLREMOTEIP; PROTO is left alone. */
void ucspi_set_as(struct chain *, const char *proto, const struct ucspi *);

#endif
