/*
 * lookup: one question to a DNS list about an address, in the names of RFC 5782: see question_name.
 *
 * Of an answer that was cut because it did not fit, the addresses and the text that are in it count; with
 * none in it, it is LOOKUP_FAILED.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "dns.h"
#include "network.h"

enum lookup_status {
	LOOKUP_FOUND,
	LOOKUP_NONE,	/* the list has no such record */
	LOOKUP_FAILED	/* no answer, or none that can be read: nothing is known */
};

enum { LOOKUP_ADDRESSES = 16, LOOKUP_TEXT = 400 };

struct lookup {
	enum lookup_status status;
	int64_t ttl_ms;				/* with addresses */
	int n;
	uint32_t addresses[LOOKUP_ADDRESSES];
	char text[LOOKUP_TEXT];			/* the first TXT, printable ASCII, cut */
};

/* Is called once, perhaps before the question's function returns. */
typedef void lookup_done(void *arg, const struct lookup *);

/* Asks for the A or the TXT records of an address in the domain. Where memory runs out, or too much is asked
   already, that is LOOKUP_FAILED. */
void lookup_addresses(struct dns *, const struct network *, const char *domain,
    lookup_done *, void *arg);
void lookup_text(struct dns *, const struct network *, const char *domain,
    lookup_done *, void *arg);

#endif
