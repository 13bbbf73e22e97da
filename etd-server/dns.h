/*
 * dns: the servers that answer for DNS, reached by c-ares beside all else. See question.h for how they
 * are asked.
 */
#ifndef DNS_H
#define DNS_H

#include <stddef.h>
#include <stdint.h>

#include "heap.h"
#include "reason.h"
#include "resolvers.h"

enum { DNS_TICK_MS = 250 };

/* What is asked for. Each kind has a bound of its own, so that neither can use up the other's. */
enum dns_kind { DNS_LISTS, DNS_NAMES, DNS_KINDS };

struct dns {
	int fd;			/* to poll for POLLIN */
	void *channel;		/* c-ares's */
	void *others;		/* the same, but it passes over servers that refuse; NULL: there is one server */
	const struct resolvers *resolvers;	/* none: those of /etc/resolv.conf */
	int64_t timeout_ms;	/* for one question, with all that is tried */
	const int64_t *now_ms;	/* the loop's clock */
	size_t pending[DNS_KINDS];	/* questions that c-ares has, or that wait to be asked again */
	struct heap questions;	/* those of them that somebody waits for */
};

/*
 * resolvers, timeout_ms and now_ms are set. Returns 1, or 0 with why.
 *
 * It may be called again for what /etc/resolv.conf says now. Then questions under way end with
 * ARES_EDESTRUCTION, when the new channel is there already: they are asked again. If it fails, all is as
 * it was.
 */
int dns_open(struct dns *, char why[REASON_MAX]);

/* Takes what has been answered, after poll, and every DNS_TICK_MS as long as questions are pending: c-ares
   repeats them by itself. */
void dns_run(struct dns *);
int dns_is_pending(const struct dns *);

#endif
