/*
 * class: what a client's reverse name says about it. See class.h.
 */
#include "class.h"

#include <regex.h>
#include <stdlib.h>

#include "client.h"

const char *const class_names[CLASSES] = { "named", "dynamic", "nordns" };

/*
 * Names that providers give to dynamic and end-user addresses: a word of the
 * trade that stands alone, or an address written into the name. No mail
 * server in t/hosts may match. Long alternatives and {m,n} cost start-up time.
 */
static const char builtin[] =
    "(^|[^a-z])"
    "([avsx]?dsl|dyn|dynamic|dynamicip|dynip|dhcp|ppp|pppoe|dial|dialup|dialin|pools?|"
    "cable|modem|modemcable|catv|cpe|clienti?|customer|cust|subs|user|home|res|residential|"
    "broadband|bb|ftth|fttx|gpon|wimax|lte|gprs|mobile|dip|dip0|ip)"
    "($|[^a-z])"
    "|[0-9]+[-._x][0-9]+[-._x][0-9]+[-._x][0-9]+";

enum class
class_of(const char *host)
{
	const char *pattern = getenv("ETD_DYNAMIC");
	regex_t regex;
	int error, matched;

	if (*host == '\0')
		return NORDNS;
	if (pattern == NULL)
		pattern = builtin;
	if (*pattern == '\0')
		return NAMED;
	error = regcomp(&regex, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (error != 0) {
		char words[128];

		regerror(error, &regex, words, sizeof words);
		client_giveup(error == REG_ESPACE ? 111 : 100, "ETD_DYNAMIC=%s: %s", pattern, words);
	}
	matched = regexec(&regex, host, 0, NULL, 0) == 0;
	regfree(&regex);	/* its memory would be held with the client */
	return matched ? DYNAMIC : NAMED;
}
