/*
 * network: an IPv4 or IPv6 network. See network.h.
 */
#include "network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

static int
whole(const struct network *n)
{
	return n->family == 4 ? 32 : 128;
}

void
network_of(struct network *n, const struct address *a, int bits)
{
	memset(n, 0, sizeof *n);
	n->family = a->any.sa_family == AF_INET6 ? 6 : 4;
	if (n->family == 6)
		memcpy(n->ip, &a->v6.sin6_addr, 16);
	else
		memcpy(n->ip, &a->v4.sin_addr, 4);
	if (bits > whole(n))
		bits = whole(n);
	n->bits = (unsigned char)bits;
	for (int i = 0; i < 16; i++, bits -= 8)
		if (bits < 8)
			n->ip[i] &= (unsigned char)(bits <= 0 ? 0 : 0xff << (8 - bits));
}

int
network_parse(struct network *n, const char *text)
{
	char ip[NETWORK_SIZE];
	size_t len = strcspn(text, "/");
	struct network all;
	struct address a;
	int64_t bits = 128;

	if (len >= sizeof ip)
		return 0;
	memcpy(ip, text, len);
	ip[len] = '\0';
	if (!address_parse_ip(&a, ip))
		return 0;
	network_of(&all, &a, 128);
	if (text[len] == '/' && !number_parse(text + len + 1, 0, whole(&all), &bits))
		return 0;
	network_of(n, &a, (int)bits);
	return memcmp(n->ip, all.ip, sizeof n->ip) == 0;
}

int
network_equal(const struct network *a, const struct network *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

int
network_has(const struct network *n, const struct address *a)
{
	struct network other;

	network_of(&other, a, n->bits);
	return network_equal(n, &other);
}

const char *
network_text(const struct network *n, char text[NETWORK_SIZE])
{
	size_t len;

	inet_ntop(n->family == 6 ? AF_INET6 : AF_INET, n->ip, text, NETWORK_SIZE);
	len = strlen(text);
	if (n->bits < whole(n))
		snprintf(text + len, NETWORK_SIZE - len, "/%u", n->bits);
	return text;
}
