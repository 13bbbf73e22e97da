/*
 * plugin: a status as a monitoring plugin's line and exit code. See show.h.
 */
#include <stdio.h>

#include "show.h"

enum { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN };

static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

static void
put_others(const struct status *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct row *row = &s->rows[i];

		if (row->standing.state != STATE_UP && row->standing.state != STATE_DISABLED)
			printf(", %s %s", row->name, state_names[row->standing.state]);
	}
}

int
show_plugin(const struct status *s)
{
	size_t used = s->n - s->disabled;
	int code = s->up == used ? PLUGIN_OK : PLUGIN_WARNING;

	if (s->up == 0 || s->slots == 0 || status_is_old(s))
		code = PLUGIN_CRITICAL;
	printf("ETD %s - %zu of %zu up", words[code], s->up, used);
	put_others(s);
	if (s->slots == 0)
		printf(", none listed: clients are told 421");
	if (status_is_old(s))
		printf(", not written for %lld s: is checkd running?", (long long)s->age);
	printf(" | up=%zu;;;0;%zu age=%llds;;%d;0\n", s->up, used, (long long)s->age, STATUS_OLD_S);
	return code;
}

int
show_unknown(const char *why)
{
	printf("ETD %s - %s\n", words[PLUGIN_UNKNOWN], why);
	return PLUGIN_UNKNOWN;
}
