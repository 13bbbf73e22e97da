/*
 * sites: which lists are asked about a client, and what their answers weigh, in the grammar of
 * Postfix's postscreen_dnsbl_sites:
 *
 *	zen.example*3 bl.example=127.0.0.[2..11]*2, dnswl.example=127.0.[0..255].[1;3]*-4
 *
 * A list may come several times, with other filters.
 */
#ifndef SITES_H
#define SITES_H

#include <stdint.h>

#include "reason.h"

enum {
	SITES_MAX = 32,
	SITES_DOMAIN_MAX = 189,	/* with an IPv6 address before it, 253: RFC 1035 */
	SITES_WEIGHT_MAX = 9999
};

struct zone;

struct site {
	char domain[SITES_DOMAIN_MAX + 1];	/* in lower case */
	struct zone *zone;			/* the list by that name, once it was looked for */
	int filtered;				/* only answers whose octets are in these sets count */
	unsigned char octets[4][32];		/* 256 bits each */
	int weight;
};

struct sites {
	int n;
	struct site all[SITES_MAX];
};

/* Entries with spaces, commas or newlines between them, or none. Returns 1, or 0 with why, which names
   the first bad entry. */
int sites_parse(struct sites *, const char *text, char why[REASON_MAX]);

/* Whether the answer, an IPv4 address as a number, passes the site's filter. */
int site_matches(const struct site *, uint32_t answer);

/* The domain as others may see it: without the secret key that some lists want as the first label,
   which is one of 16 or more letters and digits, a digit among them. Points into the domain, or to a
   word for a domain that is nothing else. */
const char *sites_shown(const char *domain);

/* The length of that key, or 0. */
int sites_key(const char *domain);

#endif
