/*
 * plugin: a status as a monitoring plugin's line and exit code. See show.h.
 */
#include <stdio.h>

#include "number.h"
#include "show.h"

enum { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN = SHOW_UNKNOWN };

static const char *const words_of[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

/* What there is to say of single backends. */
static void
put_others(const struct status *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct row *row = &s->rows[i];

		if (row->standing.state != STATE_UP && row->standing.state != STATE_DISABLED)
			printf(", %s %s", row->name, state_names[row->standing.state]);
		if (row->standing.pipeconnect)
			printf(", %s advertises PIPECONNECT", row->name);
	}
}

static size_t
in_use(const struct status *s)
{
	return s->n - s->disabled;
}

static int
judge(const struct status *s)
{
	if (s->up == 0 || s->slots == 0 || status_is_old(s))
		return PLUGIN_CRITICAL;
	return s->up == in_use(s) && s->pipeconnect == 0 ? PLUGIN_OK : PLUGIN_WARNING;
}

void
show_stale(int64_t age_s, const char *program)
{
	if (age_s < 0)
		printf(", dated %lld s in the future: is a clock wrong?", -(long long)age_s);
	else
		printf(", not written for %lld s: is %s running?", (long long)age_s, program);
}

static void
put_words(const struct status *s)
{
	printf("%zu of %zu up", s->up, in_use(s));
	put_others(s);
	if (s->slots == 0)
		printf(", none listed: clients are told 421");
	if (status_is_old(s))
		show_stale(s->age, "checkd");
}

int
show_plugin(const struct status *s, const struct server *server)
{
	int code = s != NULL ? judge(s) : PLUGIN_OK;

	if (server != NULL && server_problem(server) > code)
		code = server_problem(server);
	printf("ETD %s - ", words_of[code]);
	if (s != NULL)
		put_words(s);
	if (s != NULL && server != NULL)
		printf("; ");
	if (server != NULL)
		server_words(server);
	printf(" |");
	if (s != NULL)
		printf(" up=%zu;;;0;%zu age=%llds;;%d;0", s->up, in_use(s), (long long)s->age,
		    STATUS_OLD_S);
	if (server != NULL)
		server_performance(server);
	putchar('\n');
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
