/*
 * server: what etd-server has counted, for a monitoring plugin's line and as JSON. See server.h.
 */
#include "server.h"

#include <stdio.h>
#include <time.h>

#include "show.h"

int
server_read(struct server *s, const char *path, char why[REASON_MAX])
{
	if (!counts_read(&s->counts, path, why))
		return 0;
	s->age = time(NULL) - s->counts.written;
	return 1;
}

int
server_is_old(const struct server *s)
{
	return s->age > SERVER_OLD_S || s->age < -SERVER_OLD_S;
}

/* For how long nobody has come. */
static int64_t
idle(const struct counts *c)
{
	return c->written - (c->last_accept > 0 ? c->last_accept : c->started);
}

static int
is_idle(const struct server *s)
{
	return s->idle_s > 0 && idle(&s->counts) >= s->idle_s;
}

static int
is_full(const struct counts *c)
{
	return c->held >= c->held_max;
}

static int
is_nearly_full(const struct counts *c)
{
	return c->held * 100 > c->held_max * 90;
}

int
server_problem(const struct server *s)
{
	if (server_is_old(s) || is_full(&s->counts))
		return 2;
	return is_nearly_full(&s->counts) || is_idle(s);
}

void
server_words(const struct server *s)
{
	const struct counts *c = &s->counts;

	printf("%lld of %lld held", (long long)c->held, (long long)c->held_max);
	if (is_full(c))
		printf(": others wait in the backlog");
	if (is_idle(s))
		printf(", no client for %lld s", (long long)idle(c));
	if (server_is_old(s))
		show_stale(s->age, "etd-server");
}

void
server_performance(const struct server *s)
{
	const struct counts *c = &s->counts;

	printf(" held=%lld;%lld;%lld;0;%lld waiting=%lld programs=%lld;;;0;%lld accepted=%lldc counts_age=%llds;;%d;0",
	    (long long)c->held, (long long)(c->held_max * 90 / 100), (long long)c->held_max - 1,
	    (long long)c->held_max, (long long)c->waiting, (long long)c->programs,
	    (long long)c->programs_max, (long long)c->accepted, (long long)s->age, SERVER_OLD_S);
}

static void
put(const char *key, int64_t n)
{
	printf("\"%s\":%lld,", key, (long long)n);
}

/* {"a":1,"b":2} */
static void
put_object(const char *const *keys, const int64_t *numbers, int n)
{
	for (int i = 0; i < n; i++)
		printf("%c\"%s\":%lld", i == 0 ? '{' : ',', keys[i], (long long)numbers[i]);
	putchar('}');
}

static void
put_wait(const struct counts *c, int which)
{
	printf("\"%s\":{\"count\":%lld,\"sum\":%.3f,\"most\":", count_waits[which],
	    (long long)c->wait[which].count, (double)c->wait[which].sum_ms / 1000);
	for (int i = 0; i < COUNT_BINS; i++)
		printf("%c\"%g\":%lld", i == 0 ? '{' : ',', (double)count_bins_ms[i] / 1000,
		    (long long)c->wait[which].most[i]);
	printf("}}");
}

void
server_json(const struct server *s)
{
	const struct counts *c = &s->counts;

	printf("{\"written\":%lld,\"age\":%lld,\"old\":%s,", (long long)c->written, (long long)s->age,
	    server_is_old(s) ? "true" : "false");
	put("started", c->started);
	put("last_accept", c->last_accept);
	put("held", c->held);
	put("held_max", c->held_max);
	put("waiting", c->waiting);
	put("programs", c->programs);
	put("programs_max", c->programs_max);
	put("accepted", c->accepted);
	printf("\n \"ended\":{");
	for (int end = 0; end < COUNT_ENDS; end++) {
		printf("%s\"%s\":", end == 0 ? "" : ",", count_ends[end]);
		put_object(count_classes, c->ended[end], COUNT_CLASSES);
	}
	printf("},\n \"early\":{");
	for (int class = 0; class < COUNT_CLASSES; class++) {
		printf("%s\"%s\":", class == 0 ? "" : ",", count_classes[class]);
		put_object(talk_kinds, c->early[class], TALK_KINDS);
	}
	printf("},\n \"wait\":{");
	for (int w = 0; w < COUNT_WAITS; w++) {
		if (w > 0)
			putchar(',');
		put_wait(c, w);
	}
	printf("}}");
}
