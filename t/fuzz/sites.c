/*
 * sites: ETD_DNSBL as the fuzzer writes it. What is taken matches what its filters say; what is not has
 * a reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sites.h"

/* An answer that passes the site's filter, and one that does not where there is one. */
static int
first(const unsigned char set[32], int in)
{
	for (int i = 0; i < 256; i++)
		if ((set[i / 8] >> i % 8 & 1) == in)
			return i;
	return -1;
}

static void
try_site(const struct site *s)
{
	uint32_t answer = 0;

	if (strlen(s->domain) == 0 || strlen(s->domain) > SITES_DOMAIN_MAX ||
	    s->weight > SITES_WEIGHT_MAX || s->weight < -SITES_WEIGHT_MAX ||
	    sites_key(s->domain) > (int)strlen(s->domain) || *sites_shown(s->domain) == '\0')
		abort();
	if (!s->filtered) {
		if (!site_matches(s, 0x7f000002))
			abort();
		return;
	}
	for (int i = 0; i < 4; i++) {
		int n = first(s->octets[i], 1);

		if (n == -1)
			abort();
		answer = answer << 8 | (uint32_t)n;
	}
	if (!site_matches(s, answer))
		abort();
	if (first(s->octets[3], 0) != -1 &&
	    site_matches(s, (answer & ~255u) | (uint32_t)first(s->octets[3], 0)))
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct sites sites;
	char why[REASON_MAX] = "", *text = strndup((const char *)data, size);

	if (sites_parse(&sites, text, why))
		for (int i = 0; i < sites.n; i++)
			try_site(&sites.all[i]);
	else if (why[0] == '\0')
		abort();
	if (sites.n > SITES_MAX)
		abort();
	free(text);
	return 0;
}
