/*
 * network: an IPv4 or IPv6 network, 192.0.2.0/24, or a single address, 192.0.2.1/32.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include "address.h"

/* No padding, and zeros where the network says nothing, so that memcmp compares two of them. */
struct network {
	unsigned char family;	/* 4 or 6 */
	unsigned char bits;	/* 0 to 32, or to 128 */
	unsigned char ip[16];
};

enum { NETWORK_SIZE = 64 };	/* of its text */

/* The network of that length which the address is in. A length beyond what the family has stands for
   all of its bits. */
void network_of(struct network *, const struct address *, int bits);

/* From "192.0.2.0/24", or an address alone. Returns 1, or 0 for anything else, also where bits beyond
   the length are set. */
int network_parse(struct network *, const char *text);

int network_equal(const struct network *, const struct network *);

/* Whether the address is in it. */
int network_has(const struct network *, const struct address *);

/* "192.0.2.0/24"; a single address without its length. Returns text. */
const char *network_text(const struct network *, char text[NETWORK_SIZE]);

#endif
