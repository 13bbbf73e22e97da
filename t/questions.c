/*
 * questions: asks a resolver that never answers for more names, and then more of lists, than there may be
 * questions under way; nobody waits for the names. See question.h and names.h.
 * usage: questions resolver
 * Prints how many are under way: of one address; of one network, too; of all; and those of lists.
 */
#include <stdio.h>

#include "lookup.h"
#include "names.h"

enum { MANY = 70000 };

static struct names names;

/* Of MANY addresses, which differ in three bytes up to that one. */
static void
ask(const char *from, int last)
{
	struct address address;
	struct name *name;
	unsigned char *ip;

	if (!address_parse_ip(&address, from))
		return;
	ip = address.any.sa_family == AF_INET ? (unsigned char *)&address.v4.sin_addr :
	    (unsigned char *)&address.v6.sin6_addr;
	for (int i = 0; i < MANY; i++) {
		ip[last - 2] = (unsigned char)(i >> 16);
		ip[last - 1] = (unsigned char)(i >> 8);
		ip[last] = (unsigned char)i;
		name = names_ask(&names, &address, &address);
		names_forget(&name);
	}
}

static void
done(void *arg, const struct lookup *l)
{
	(void)arg;
	(void)l;
}

int
main(int argc, char **argv)
{
	static struct resolvers resolvers;
	static int64_t now_ms = 1;
	static struct dns dns = { .resolvers = &resolvers, .timeout_ms = 60000, .now_ms = &now_ms };
	static char why[REASON_MAX];
	struct network network;
	struct address address;

	names = (struct names){ .dns = &dns, .bits4 = 32, .bits6 = 64 };
	if (argc != 2 || !resolvers_parse(&resolvers, argv[1]) || !dns_open(&dns, why) ||
	    !names_open(&names, why) || !address_parse_ip(&address, "192.0.2.1") ||
	    !network_parse(&network, "192.0.2.1"))
		return 111;
	for (int i = 0; i < MANY; i++) {
		struct name *name = names_ask(&names, &address, &address);

		names_forget(&name);
	}
	printf("%zu", dns.pending[DNS_NAMES]);
	ask("2001:db8::1", 15);
	printf(" %zu", dns.pending[DNS_NAMES]);
	ask("10.0.0.1", 3);
	printf(" %zu", dns.pending[DNS_NAMES]);
	for (int i = 0; i < MANY; i++)
		lookup_addresses(&dns, &network, "bl.example", done, NULL);
	printf(" %zu\n", dns.pending[DNS_LISTS]);
	return 0;
}
