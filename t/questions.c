/*
 * questions: asks a resolver that never answers for many names, and then forgets them all.
 * usage: questions resolver n; see dns.h, DNS_QUESTIONS
 * Prints how many it could ask.
 */
#include <stdio.h>
#include <stdlib.h>

#include "names.h"

int
main(int argc, char **argv)
{
	static struct resolvers resolvers;
	static char why[REASON_MAX];
	static struct dns dns = { .resolvers = &resolvers, .timeout_ms = 60000 };
	static struct names names = { .dns = &dns };
	struct address address;
	int n = argc == 3 ? atoi(argv[2]) : 0, asked = 0;

	if (!resolvers_parse(&resolvers, argv[1]) || !dns_open(&dns, why) ||
	    !address_parse_ip(&address, "192.0.2.1"))
		return 111;
	for (int i = 0; i < n; i++) {
		struct name *question = names_ask(&names, &address, &address);

		asked += question != NULL;
		names_forget(&question);
	}
	printf("%d\n", asked);
	return dns.pending != (size_t)asked;
}
