/*
 * address: an IPv4 or IPv6 address with a port. See address.h.
 */
#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

int
address_parse_ip(struct address *a, const char *ip)
{
	memset(a, 0, sizeof *a);
	if (inet_pton(AF_INET, ip, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->len = sizeof a->v4;
		return 1;
	}
	if (inet_pton(AF_INET6, ip, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->len = sizeof a->v6;
		return 1;
	}
	return 0;
}

int
address_parse(struct address *a, const char *ip, const char *port)
{
	int64_t n;

	if (!number_parse(port, 1, 65535, &n) || !address_parse_ip(a, ip))
		return 0;
	if (a->any.sa_family == AF_INET)
		a->v4.sin_port = htons((in_port_t)n);
	else
		a->v6.sin6_port = htons((in_port_t)n);
	return 1;
}

void
address_unmap(struct address *a)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	if (a->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr))
		return;
	v4.sin_port = a->v6.sin6_port;
	memcpy(&v4.sin_addr, &a->v6.sin6_addr.s6_addr[12], sizeof v4.sin_addr);
	a->v4 = v4;
	a->len = sizeof a->v4;
}

int
address_equal(const struct address *a, const struct address *b)
{
	return a->len == b->len && memcmp(&a->any, &b->any, a->len) == 0;
}

const char *
address_ip(const struct address *a, char text[ADDRESS_SIZE])
{
	const void *ip = &a->v4.sin_addr;
	int family = AF_INET;

	if (a->any.sa_family == AF_INET6) {
		ip = &a->v6.sin6_addr;
		family = AF_INET6;
		if (IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr)) {
			ip = &a->v6.sin6_addr.s6_addr[12];
			family = AF_INET;
		}
	}
	if (inet_ntop(family, ip, text, ADDRESS_SIZE) == NULL)
		text[0] = '\0';
	return text;
}

unsigned
address_port(const struct address *a)
{
	return ntohs(a->any.sa_family == AF_INET6 ? a->v6.sin6_port : a->v4.sin_port);
}

const char *
address_text(const struct address *a, char text[ADDRESS_SIZE])
{
	char ip[ADDRESS_SIZE];
	int v6 = strchr(address_ip(a, ip), ':') != NULL;

	snprintf(text, ADDRESS_SIZE, v6 ? "[%.48s]:%u" : "%.48s:%u", ip, address_port(a));
	return text;
}

int
address_bind(const struct address *a, int fd)
{
	int yes = 1;

	/* The port only at connect: then each peer has all of them, not a share. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
	return bind(fd, &a->any, a->len);
}
