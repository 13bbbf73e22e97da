/*
 * resolvers: the DNS servers that DNSCACHEIP names. See resolvers.h.
 */
#include "resolvers.h"

#include <string.h>

static const char spaces[] = " \t\n";

/* word may be changed. */
static int
parse_one(struct address *a, char *word)
{
	char *ip = word, *end, *colon = strrchr(word, ':');

	if (address_parse(a, word, "53"))
		return 1;
	if (colon == NULL)
		return 0;
	*colon = '\0';
	end = colon - 1;
	if (*ip == '[' && end > ip && *end == ']') {
		ip++;
		*end = '\0';
	} else if (strchr(ip, ':') != NULL) {
		return 0;
	}
	return address_parse(a, ip, colon + 1);
}

int
resolvers_parse(struct resolvers *r, const char *text)
{
	char word[ADDRESS_SIZE];
	size_t len;

	r->n = 0;
	for (text += strspn(text, spaces); *text != '\0'; text += strspn(text, spaces)) {
		len = strcspn(text, spaces);
		if (len >= sizeof word || r->n == RESOLVERS_MAX)
			return 0;
		memcpy(word, text, len);
		word[len] = '\0';
		if (!parse_one(&r->all[r->n++], word))
			return 0;
		text += len;
	}
	return 1;
}
