/*
 * lookups: asks a resolver that never answers more about lists, and then for more names, than DNS has
 * numbers for.
 * usage: lookups resolver; see dns.h, DNS_QUESTIONS
 * Prints how many of each are under way.
 */
#include <stdio.h>

#include "lookup.h"
#include "names.h"

enum { MANY = 70000 };

static int failed;

static void
fail(void *arg, const struct lookup *l)
{
	(void)arg;
	failed += l->status == LOOKUP_FAILED;
}

int
main(int argc, char **argv)
{
	static struct resolvers resolvers;
	static struct dns dns = { .resolvers = &resolvers, .timeout_ms = 60000 };
	static char why[REASON_MAX];
	struct names names = { .dns = &dns };
	struct network network;
	struct address address;
	int asked = 0;

	if (argc != 2 || !resolvers_parse(&resolvers, argv[1]) || !dns_open(&dns, why) ||
	    !address_parse_ip(&address, "192.0.2.1") || !network_parse(&network, "192.0.2.1"))
		return 111;
	for (int i = 0; i < MANY; i++)
		lookup_addresses(&dns, &network, "bl.example", fail, NULL);
	for (int i = 0; i < MANY; i++)
		asked += names_ask(&names, &address, &address) != NULL;
	printf("%d %d\n", MANY - failed, asked);
	return dns.pending != (size_t)(MANY - failed + asked);
}
