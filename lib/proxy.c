/*
 * proxy: the header of the PROXY protocol. See proxy.h.
 */
#include "proxy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Signature, version and command, family, and the length of what follows (2.2). */
enum { V2_HEAD = 16, LOCAL = 0x20, PROXIED = 0x21, TCP4 = 0x11, TCP6 = 0x21 };

static size_t
v2_head(char *header, int command, int family, size_t len)
{
	memcpy(header, "\r\n\r\n\0\r\nQUIT\n", 12);
	header[12] = (char)command;
	header[13] = (char)family;
	header[14] = (char)(len >> 8);
	header[15] = (char)len;
	return V2_HEAD + len;
}

/* The address as an IPv6 one, mapped if it has to be. */
static struct in6_addr
as_v6(const struct address *a)
{
	struct in6_addr ip = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (a->any.sa_family == AF_INET6)
		return a->v6.sin6_addr;
	memcpy(&ip.s6_addr[12], &a->v4.sin_addr, 4);
	return ip;
}

/* Both ends, as version 2 has them and version 1 prints them. */
struct ends {
	int family;
	size_t len;		/* of an address */
	unsigned char from[16], to[16];
	in_port_t ports[2];	/* in network order */
};

static struct ends
ends(const struct address *from, const struct address *to)
{
	struct ends e = { .family = AF_INET6, .len = 16 };
	struct in6_addr f = as_v6(from), t = as_v6(to);
	int v4 = IN6_IS_ADDR_V4MAPPED(&f) && IN6_IS_ADDR_V4MAPPED(&t);

	if (v4) {
		e.family = AF_INET;
		e.len = 4;
	}
	memcpy(e.from, f.s6_addr + 16 - e.len, e.len);
	memcpy(e.to, t.s6_addr + 16 - e.len, e.len);
	e.ports[0] = htons((in_port_t)address_port(from));
	e.ports[1] = htons((in_port_t)address_port(to));
	return e;
}

size_t
proxy_header(char header[PROXY_MAX], int version, const struct address *from,
    const struct address *to)
{
	struct ends e = ends(from, to);
	char source[INET6_ADDRSTRLEN], target[INET6_ADDRSTRLEN];
	char *at = header + V2_HEAD;

	if (version == 1) {
		inet_ntop(e.family, e.from, source, sizeof source);
		inet_ntop(e.family, e.to, target, sizeof target);
		return (size_t)snprintf(header, PROXY_MAX, "PROXY TCP%c %s %s %u %u\r\n",
		    e.family == AF_INET ? '4' : '6', source, target,
		    address_port(from), address_port(to));
	}
	memcpy(at, e.from, e.len);
	memcpy(at + e.len, e.to, e.len);
	memcpy(at + 2 * e.len, e.ports, sizeof e.ports);
	return v2_head(header, PROXIED, e.family == AF_INET ? TCP4 : TCP6,
	    2 * e.len + sizeof e.ports);
}

size_t
proxy_local(char header[PROXY_MAX], int version, int fd)
{
	struct address from = { .len = sizeof from.v6 }, to = { .len = sizeof to.v6 };

	if (version == 2)
		return v2_head(header, LOCAL, 0, 0);
	getsockname(fd, &from.any, &from.len);
	getpeername(fd, &to.any, &to.len);
	return proxy_header(header, 1, &from, &to);
}
