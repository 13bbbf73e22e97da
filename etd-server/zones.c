/*
 * zones: the DNS lists that are asked. See zones.h.
 */
#include "zones.h"

#include <string.h>

#include "log.h"

#ifndef ZONES_TEST_MS
#define ZONES_TEST_MS 3600000
#endif
#ifndef ZONES_AGAIN_MS
#define ZONES_AGAIN_MS 60000	/* where there was no answer */
#endif
enum { FIRST_AGAIN_MS = 5000, REMIND_MS = 3600000 };

enum test { NOT_4, LISTED_4, NOT_6, LISTED_6 };

static const struct network tested[ZONES_TESTS] = {
	{ 4, 32, { 127, 0, 0, 1 } },
	{ 4, 32, { 127, 0, 0, 2 } },
	{ 6, 128, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1 } },
	{ 6, 128, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2 } },
};

/* A test that has an answer. */
static void
judge(struct zone *z)
{
	int is_odd = z->tests[LISTED_4].status == LOOKUP_NONE &&
	    z->tests[LISTED_6].status != LOOKUP_FOUND;

	if (z->tests[NOT_4].status == LOOKUP_FOUND || z->tests[NOT_6].status == LOOKUP_FOUND) {
		if (z->standing != ZONE_IGNORED)
			log_warning("list %s: it lists 127.0.0.1, as a list that has ended may do: "
			    "it is ignored until it stops", z->shown);
		z->standing = ZONE_IGNORED;
		return;
	}
	if (z->standing == ZONE_IGNORED)
		log_warning("list %s: it no longer lists 127.0.0.1: it is used again", z->shown);
	else if (z->silent)
		log_warning("list %s: it answers again", z->shown);
	if (is_odd && !z->odd)
		log_warning("list %s: it does not list 127.0.0.2, as RFC 5782 requires: "
		    "is its name right?", z->shown);
	z->standing = ZONE_GOOD;
	z->odd = is_odd;
}

static void
take(void *arg, const struct lookup *answer)
{
	struct zone_test *t = arg;
	struct zone *z = t->zone;
	struct lookup l = *answer;

	zone_read(z, &l);
	t->status = l.status;
	if (--z->open > 0)
		return;
	if (z->tests[NOT_4].status != LOOKUP_FAILED) {
		z->test_ms = *z->zones->now_ms + ZONES_TEST_MS;
		judge(z);
		z->silent = 0;
		return;
	}
	z->test_ms = *z->zones->now_ms +
	    (z->standing == ZONE_UNTRIED && FIRST_AGAIN_MS < ZONES_AGAIN_MS ? FIRST_AGAIN_MS : ZONES_AGAIN_MS);
	if (!z->silent)
		log_warning("list %s: it does not answer, and is tested again until it does", z->shown);
	z->silent = 1;
}

static void
test(struct zone *z)
{
	z->open = ZONES_TESTS;
	for (int i = 0; i < ZONES_TESTS; i++)
		lookup_addresses(z->zones->dns, &tested[i], z->domain, take, &z->tests[i]);
}

struct zone *
zones_find(struct zones *zones, const char *domain)
{
	struct zone *z;

	for (int i = 0; i < zones->n; i++)
		if (strcmp(zones->all[i].domain, domain) == 0)
			return &zones->all[i];
	if (zones->n == ZONES_MAX) {
		if (!zones->full)
			log_warning("list %s: it is not asked, since %d others are in use",
			    sites_shown(domain), ZONES_MAX);
		zones->full = 1;
		return NULL;
	}
	z = &zones->all[zones->n++];
	z->zones = zones;
	strcpy(z->domain, domain);
	z->shown = sites_shown(z->domain);
	for (int i = 0; i < ZONES_TESTS; i++)
		z->tests[i].zone = z;
	test(z);
	return z;
}

int64_t
zones_due(const struct zones *zones)
{
	int64_t first = 0;

	for (int i = 0; i < zones->n; i++) {
		const struct zone *z = &zones->all[i];

		if (z->open == 0 && (first == 0 || z->test_ms < first))
			first = z->test_ms;
	}
	return first;
}

void
zones_run(struct zones *zones)
{
	for (int i = 0; i < zones->n; i++)
		if (zones->all[i].open == 0 && zones->all[i].test_ms <= *zones->now_ms)
			test(&zones->all[i]);
}

void
zones_test(struct zones *zones)
{
	for (int i = 0; i < zones->n; i++)
		zones->all[i].test_ms = *zones->now_ms;
	zones_run(zones);
}

/* dnswl.org's say so by an address that may mean something else in another list. */
static int
is_dnswl(const struct zone *z)
{
	static const char name[] = "dnswl.org";
	size_t len = strlen(z->domain), own = sizeof name - 1;

	return len >= own && strcmp(z->domain + len - own, name) == 0 &&
	    (len == own || z->domain[len - own - 1] == '.');
}

/* Why the list did not answer, or NULL: it did. */
static const char *
refuses(const struct zone *z, uint32_t address)
{
	if (address == 0x7f0000ff && is_dnswl(z))
		return "since it is asked too often";
	if (address >> 8 != 0x7fffff)
		return NULL;
	switch (address & 255) {
	case 252: return "since there is a typing error in its name";
	case 254: return "since it is asked through a public resolver";
	case 255: return "since it is asked too often";
	}
	return "which is an error code";
}

static void
say_refusal(struct zone *z, uint32_t a, const char *why)
{
	if (*z->zones->now_ms < z->remind_ms)
		return;
	z->remind_ms = *z->zones->now_ms + REMIND_MS;
	log_warning("list %s: it answers %u.%u.%u.%u, %s: this answer is ignored", z->shown,
	    a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255, why);
}

void
zone_read(struct zone *z, struct lookup *l)
{
	int n = 0;

	for (int i = 0; i < l->n; i++) {
		uint32_t a = l->addresses[i];
		const char *why = refuses(z, a);

		if (why != NULL) {
			say_refusal(z, a, why);
			l->status = LOOKUP_FAILED;
			l->n = 0;
			return;
		}
		if (a >> 24 == 127)
			l->addresses[n++] = a;
	}
	l->n = n;
	if (l->status == LOOKUP_FOUND && n == 0)
		l->status = LOOKUP_NONE;
}
