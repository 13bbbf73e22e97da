/*
 * zones: the DNS lists that are asked, each known once, for as long as the process lives; and whether
 * they can be believed.
 *
 * A list is tested when it is first named, and every hour, as RFC 5782 5 says: it must not list
 * 127.0.0.1, and should list 127.0.0.2; the same for ::ffff:127.0.0.1 and 2, of which a list for IPv4
 * alone knows nothing. One that lists 127.0.0.1 is ignored until it does not. One that does not answer is
 * tested again after a minute, and is until then what it was. No list counts before it has passed once:
 * until then it is tested every 5 seconds, for a resolver may start later than this program.
 */
#ifndef ZONES_H
#define ZONES_H

#include "lookup.h"
#include "sites.h"

enum { ZONES_MAX = 64, ZONES_TESTS = 4 };

enum zone_standing { ZONE_UNTRIED, ZONE_GOOD, ZONE_IGNORED };

struct zone;

struct zone_test {
	struct zone *zone;
	enum lookup_status status;
};

struct zone {
	struct zones *zones;
	char domain[SITES_DOMAIN_MAX + 1];
	const char *shown;			/* the domain without a secret key */
	enum zone_standing standing;
	int64_t test_ms;			/* the next one */
	int open;				/* questions of a test under way */
	struct zone_test tests[ZONES_TESTS];
	int silent, odd;			/* said: it does not answer; or list 127.0.0.2 */
	int64_t remind_ms;			/* when to say again that it refuses to answer */
};

struct zones {
	struct dns *dns;
	const int64_t *now_ms;			/* the loop's clock */
	int n, full;
	struct zone all[ZONES_MAX];
};

/* The list of that domain, in lower case. Begins its test where it is new. Returns NULL, after a
   warning, where there are ZONES_MAX others. */
struct zone *zones_find(struct zones *, const char *domain);

/* When zones_run must be called next; 0: never. It begins the tests that are due. */
int64_t zones_due(const struct zones *);
void zones_run(struct zones *);

/* All of them are due now: what answers for DNS may be another. */
void zones_test(struct zones *);

/* Leaves in an answer of the list only what counts: addresses in 127.0.0.0/8. The list's word for
   "I do not answer you" (127.255.255.0/24; 127.0.0.255 of dnswl.org's) makes it LOOKUP_FAILED, and is
   said once an hour. */
void zone_read(struct zone *, struct lookup *);

#endif
