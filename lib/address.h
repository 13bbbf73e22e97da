/*
 * address: an IPv4 or IPv6 address with a port.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t len;
};

enum { ADDRESS_SIZE = 64 };	/* of any text below */

/* From "192.0.2.1" or "2001:db8::1" and a port number from 1 to 65535. Returns 1, or 0
   where one of them is invalid. */
int address_parse(struct address *, const char *ip, const char *port);

/* The same for an address alone. The port is 0 then, which stands for any. */
int address_parse_ip(struct address *, const char *ip);

/* A v4-mapped IPv6 address becomes the IPv4 address. */
void address_unmap(struct address *);

int address_equal(const struct address *, const struct address *);

/* "192.0.2.1" or "2001:db8::1"; a v4-mapped address is shown as v4. Returns text. */
const char *address_ip(const struct address *, char text[ADDRESS_SIZE]);
unsigned address_port(const struct address *);

/* "192.0.2.1:25" or "[2001:db8::1]:25". Returns text. */
const char *address_text(const struct address *, char text[ADDRESS_SIZE]);

/* Binds a socket to the address, whose port is 0, before it is connected. Returns what bind(2)
   does. */
int address_bind(const struct address *, int fd);

#endif
