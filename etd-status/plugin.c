/*
 * plugin: a status as a monitoring plugin's line and exit code. See show.h.
 */
#include <stdio.h>

#include "number.h"
#include "show.h"

enum { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN };

static const char *const words_of[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

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
	printf("ETD %s - %zu of %zu up", words_of[code], s->up, used);
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
	printf("ETD %s - %s\n", words_of[PLUGIN_UNKNOWN], why);
	return PLUGIN_UNKNOWN;
}

int
show_front(const struct front *f, const char *name)
{
	static const int codes[] = {
		[FRONT_SERVES] = PLUGIN_OK,
		[FRONT_FAILS] = PLUGIN_CRITICAL,
		[FRONT_UNKNOWN] = PLUGIN_UNKNOWN
	};
	char words[REASON_MAX], took[NUMBER_SECONDS_SIZE], wait[NUMBER_SECONDS_SIZE];
	int64_t greeted_ms;
	int code = codes[front_look(f, &greeted_ms, words)];

	number_seconds_text(wait, f->wait_ms);
	printf("ETD %s - front %s: %s", words_of[code], name, words);
	if (greeted_ms >= 0)
		printf(" | greeting=%ss;;%s;0", number_seconds_text(took, greeted_ms), wait);
	putchar('\n');
	return code;
}
