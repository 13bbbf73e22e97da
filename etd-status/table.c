/*
 * table: a status for people. See show.h.
 */
#include <stdio.h>
#include <string.h>

#include "show.h"

const char *
show_age(char text[SHOW_AGE_SIZE], int64_t s)
{
	long long min = s / 60, h = min / 60;

	if (s < 60)
		snprintf(text, SHOW_AGE_SIZE, "%lld s", (long long)s);
	else if (h == 0)
		snprintf(text, SHOW_AGE_SIZE, "%lld min", min);
	else if (h < 24)
		snprintf(text, SHOW_AGE_SIZE, "%lld h %lld min", h, min % 60);
	else
		snprintf(text, SHOW_AGE_SIZE, "%lld d %lld h", h / 24, h % 24);
	return text;
}

static void
show_summary(const struct status *s, const char *path)
{
	char text[SHOW_AGE_SIZE];

	printf("%s: written %s %s%s; %zu of %zu up", path, show_age(text, s->age < 0 ? -s->age : s->age),
	    s->age < 0 ? "ahead of now" : "ago", status_is_old(s) ? " (is checkd running?)" : "",
	    s->up, s->n - s->disabled);
	if (s->disabled > 0)
		printf(", %zu disabled", s->disabled);
	if (s->slots == 0)
		printf(": none is listed, clients are told 421");
	else if (s->up == 0)
		printf(": all of them are tried");
	putchar('\n');
}

/* What is wider: the column so far, or the text. */
static int
wider(int width, const char *text)
{
	int len = (int)strlen(text);

	return len > width ? len : width;
}

static void
show_row(const struct row *row, int name, int address, int64_t now)
{
	const struct standing *s = &row->standing;
	char text[SHOW_AGE_SIZE];

	printf("%-*s  %-*s  %-8s  %11s  %6lld  %3.0f %%  %s\n", name, row->name, address, s->address,
	    state_names[s->state], show_age(text, now > s->since ? now - s->since : 0),
	    (long long)s->weight, 100 * row->share, s->last);
}

/* Below the table, since it is rare. */
static void
show_offers(const struct status *s)
{
	if (s->pipeconnect > 0)
		putchar('\n');
	for (size_t i = 0; i < s->n; i++)
		if (s->rows[i].standing.pipeconnect)
			printf("%s advertises PIPECONNECT: Exim clients that know it talk early, and are "
			    "refused\n", s->rows[i].name);
}

void
show_table(const struct status *s, const char *path)
{
	int64_t now = s->written + s->age;
	int name = 4, address = 7;

	for (size_t i = 0; i < s->n; i++) {
		name = wider(name, s->rows[i].name);
		address = wider(address, s->rows[i].standing.address);
	}
	show_summary(s, path);
	printf("%-*s  %-*s  %-8s  %11s  %6s  %5s  last\n", name, "name", address, "address",
	    "state", "for", "weight", "share");
	for (size_t i = 0; i < s->n; i++)
		show_row(&s->rows[i], name, address, now);
	show_offers(s);
}
