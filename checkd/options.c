/*
 * options: what a line of the source can say of a backend. See options.h.
 */
#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "number.h"

enum kind { HELO, EHLO, SECONDS, COUNT, FLAG, SOURCE };

static const struct option {
	const char *name;
	enum kind kind;
	size_t offset;		/* of the int64_t that it sets */
	int64_t min, max;	/* max is what a flag sets */
	const char *wants;
} table[] = {
#define AT(field) offsetof(struct options, field)
	{ "helo", HELO, 0, 0, 0, "a host name" },
	{ "ehlo", EHLO, 0, 0, 0, "a host name" },
	{ "inter", SECONDS, AT(inter_ms), 100, 86400000, "seconds from 0.1 to 86400" },
	{ "fastinter", SECONDS, AT(fastinter_ms), 100, 86400000, "seconds from 0.1 to 86400" },
	{ "downinter", SECONDS, AT(downinter_ms), 100, 86400000, "seconds from 0.1 to 86400" },
	{ "timeout", SECONDS, AT(timeout_ms), 100, 3600000, "seconds from 0.1 to 3600" },
	{ "rise", COUNT, AT(rise), 1, 100, "a number from 1 to 100" },
	{ "fall", COUNT, AT(fall), 1, 100, "a number from 1 to 100" },
	{ "weight", COUNT, AT(weight), 0, 256, "a number from 0 to 256" },
	{ "backup", FLAG, AT(backup), 0, 1, NULL },
	{ "disabled", FLAG, AT(disabled), 0, 1, NULL },
	{ "no-check", FLAG, AT(no_check), 0, 1, NULL },
	{ "send-proxy", FLAG, AT(route.proxy), 0, 1, NULL },
	{ "send-proxy-v2", FLAG, AT(route.proxy), 0, 2, NULL },
	{ "source", SOURCE, 0, 0, 0, "client or an address" },
#undef AT
};

static int
set_helo(struct options *o, const char *verb, const char *name)
{
	size_t len = strcspn(name, "\r\n\t ");

	if (len == 0 || len > 255 || name[len] != '\0')
		return 0;
	snprintf(o->helo, sizeof o->helo, "%s %s\r\n", verb, name);
	return 1;
}

static int
set(struct options *o, const struct option *option, const char *value)
{
	int64_t *field = (int64_t *)((char *)o + option->offset);

	switch (option->kind) {
	case HELO:
		return set_helo(o, "HELO", value);
	case EHLO:
		return set_helo(o, "EHLO", value);
	case SECONDS:
		return number_seconds(value, option->min, option->max, field);
	case COUNT:
		return number_parse(value, option->min, option->max, field);
	case SOURCE:
		return route_source(&o->route, value);
	case FLAG:
		*field = option->max;
	}
	return 1;
}

void
options_default(struct options *o)
{
	char host[256];

	*o = (struct options){
		.inter_ms = 3000, .timeout_ms = 10000, .rise = 2, .fall = 3, .weight = 1
	};
	if (gethostname(host, sizeof host) == -1 || !set_helo(o, "HELO", host))
		set_helo(o, "HELO", "localhost");
}

int
options_set(struct options *o, char *word, char why[REASON_MAX])
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (strcmp(word, table[i].name) != 0)
			continue;
		if ((table[i].kind == FLAG) == (value != NULL))
			return reason(why, "%s: %s", word,
			    value != NULL ? "takes no value" : "needs a value");
		if (!set(o, &table[i], value))
			return reason(why, "%s=%s: not %s", word, value, table[i].wants);
		return 1;
	}
	return reason(why, "unknown option %s", word);
}

static void
source_text(const struct route *r, char value[DIFFERENCE_MAX])
{
	if (r->from_client)
		strcpy(value, "client");
	else if (r->source.len > 0)
		address_ip(&r->source, value);
	else
		strcpy(value, "no");
}

static void
text(const struct options *o, const struct option *option, char value[DIFFERENCE_MAX])
{
	static const char *const flags[] = { "no", "yes", "v2" };
	const int64_t *field = (const int64_t *)((const char *)o + option->offset);

	switch (option->kind) {
	case HELO:
	case EHLO:
		snprintf(value, DIFFERENCE_MAX, "%.*s", (int)strcspn(o->helo, "\r"), o->helo);
		return;
	case SECONDS:
		if (*field == 0)
			strcpy(value, "inter");
		else
			number_seconds_text(value, *field);
		return;
	case COUNT:
		snprintf(value, DIFFERENCE_MAX, "%lld", (long long)*field);
		return;
	case FLAG:
		strcpy(value, flags[*field]);
		return;
	case SOURCE:
		source_text(&o->route, value);
	}
}

/* Two options that set one field are compared once, under the first one's name. */
static int
is_second_name(const struct option *option)
{
	return option->kind == EHLO || (option->kind == FLAG && option->max > 1);
}

int
options_difference(const struct options *now, const struct options *was, size_t *at,
    struct difference *d)
{
	/* As a rule nothing has changed. Otherwise, or where bytes behind a string differ, look closer. */
	if (memcmp(now, was, sizeof *now) == 0)
		return 0;
	while (*at < sizeof table / sizeof table[0]) {
		const struct option *option = &table[(*at)++];

		if (is_second_name(option))
			continue;
		d->option = option->name;
		text(now, option, d->now);
		text(was, option, d->was);
		if (strcmp(d->now, d->was) != 0)
			return 1;
	}
	return 0;
}
