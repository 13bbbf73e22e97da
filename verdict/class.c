/*
 * class: what a client's reverse name says about it. See class.h.
 */
#include "class.h"

#include <stddef.h>

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

void
class_pattern(struct class_pattern *p, const char *text)
{
	p->text = text != NULL ? text : builtin;
	p->compiled = 0;
}

static int
compile(struct class_pattern *p, char why[REASON_MAX])
{
	char words[128];
	int error;

	if (p->compiled)
		return 1;
	error = regcomp(&p->regex, p->text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	p->compiled = error == 0;
	if (p->compiled)
		return 1;
	regerror(error, &p->regex, words, sizeof words);
	return reason(why, "ETD_DYNAMIC=%s: %s", p->text, words);
}

int
class_check(struct class_pattern *p, char why[REASON_MAX])
{
	return *p->text == '\0' || compile(p, why);
}

int
class_of(struct class_pattern *p, const char *host, enum class *class, char why[REASON_MAX])
{
	*class = *host == '\0' ? CLASS_NORDNS : CLASS_NAMED;
	if (*host == '\0' || *p->text == '\0')
		return 1;
	if (!compile(p, why))
		return 0;
	if (regexec(&p->regex, host, 0, NULL, 0) == 0)
		*class = CLASS_DYNAMIC;
	return 1;
}

void
class_free(struct class_pattern *p)
{
	if (p->compiled)
		regfree(&p->regex);
	p->compiled = 0;
}
