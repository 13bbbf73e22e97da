/*
 * hostname: a reverse name, and a list of resolvers, as the fuzzer writes them. What is taken for a
 * host's name is harmless, and stays as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "hostname.h"
#include "resolvers.h"

static void
check(const char *text)
{
	char *host = hostname_copy(text), *again;
	struct address address;

	if (host == NULL)
		return;
	if (*host == '\0' || strlen(host) > HOSTNAME_MAX ||
	    host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] != '\0' ||
	    address_parse_ip(&address, host))
		abort();
	again = hostname_copy(host);
	if (again == NULL || strcmp(again, host) != 0)
		abort();
	free(again);
	free(host);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *text = malloc(size + 1);
	struct resolvers r;

	memcpy(text, data, size);
	text[size] = '\0';
	check(text);
	if (resolvers_parse(&r, text) && (r.n < 0 || r.n > RESOLVERS_MAX))
		abort();
	free(text);
	return 0;
}
