/*
 * dns: the servers that answer for DNS, asked by c-ares beside all else. Who asks them (names,
 * lookup) hands its questions to the channel itself, and keeps count of them in pending.
 */
#ifndef DNS_H
#define DNS_H

#include <stddef.h>
#include <stdint.h>

#include "reason.h"
#include "resolvers.h"

enum {
	DNS_TICK_MS = 250,
	/* Questions under way at once. Each has one of 65,536 numbers, and c-ares tries numbers until it
	   finds a free one. Lists that do not answer must leave room for names. */
	DNS_QUESTIONS = 50000,
	DNS_OF_LISTS = 40000
};

struct dns {
	int fd;			/* to poll for POLLIN */
	void *channel;		/* c-ares's */
	const struct resolvers *resolvers;	/* none: those of /etc/resolv.conf */
	int64_t timeout_ms;	/* for one question, with all that is tried; c-ares 1.34 may take two or three times as long */
	size_t pending;		/* questions: while there are any, dns_run is called every
				   DNS_TICK_MS at least, for c-ares asks again by itself */
};

/*
 * resolvers and timeout_ms are set. Returns 1, or 0 with why.
 *
 * It may be called again for what /etc/resolv.conf says now. Then questions under way end with
 * ARES_EDESTRUCTION, when the new channel is there already: who hears that asks again. Where it fails,
 * all is as it was.
 */
int dns_open(struct dns *, char why[REASON_MAX]);

/* After poll, and every DNS_TICK_MS: answers are given to those who asked. */
void dns_run(struct dns *);

#endif
