/*
 * server-table: what etd-server has counted, for people and for Prometheus. See server.h.
 */
#include <stdio.h>

#include "server.h"
#include "show.h"

enum { LABEL = 10, COLUMN = 10 };	/* widths */

/* One line for each of n rows of columns numbers, with their sum at the end; rows that are all 0
   are left out. */
static void
put_rows(const char *const *labels, int n, int64_t (*number)(const struct counts *, int, int),
    const struct counts *c)
{
	for (int row = 0; row < n; row++) {
		int64_t sum = 0;

		for (int class = 0; class < COUNT_CLASSES; class++)
			sum += number(c, row, class);
		if (sum == 0)
			continue;
		printf("%-*s", LABEL, labels[row]);
		for (int class = 0; class < COUNT_CLASSES; class++)
			printf("%*lld", COLUMN, (long long)number(c, row, class));
		printf("%*lld\n", COLUMN, (long long)sum);
	}
}

static int64_t
ended(const struct counts *c, int end, int class)
{
	return c->ended[end][class];
}

static int64_t
early(const struct counts *c, int kind, int class)
{
	return c->early[class][kind];
}

static void
put_heading(const char *what)
{
	printf("\n%-*s", LABEL, what);
	for (int class = 0; class < COUNT_CLASSES; class++)
		printf("%*s", COLUMN, count_classes[class]);
	printf("%*s\n", COLUMN, "all");
}

/* How many of a hundred had waited for so long at most. */
static void
put_waits(const struct counts *c)
{
	printf("\n%-*s", LABEL, "waited, s");
	for (int w = 0; w < COUNT_WAITS; w++)
		printf("%*s", COLUMN, count_waits[w]);
	putchar('\n');
	for (int i = 0; i < COUNT_BINS; i++) {
		printf("<= %-*g", LABEL - 3, (double)count_bins_ms[i] / 1000);
		for (int w = 0; w < COUNT_WAITS; w++)
			printf("%*.0f %%", COLUMN - 2, c->wait[w].count == 0 ? 0 :
			    100 * (double)c->wait[w].most[i] / (double)c->wait[w].count);
		putchar('\n');
	}
}

void
server_table(const struct server *s, const char *path)
{
	const struct counts *c = &s->counts;
	char text[SHOW_AGE_SIZE];

	printf("%s: written %s %s%s", path, show_age(text, s->age < 0 ? -s->age : s->age),
	    s->age < 0 ? "ahead of now" : "ago", server_is_old(s) ? " (is etd-server running?)" : "");
	printf("; started %s before that; ", show_age(text, c->written - c->started));
	if (c->last_accept > 0)
		printf("last client %s before\n", show_age(text, c->written - c->last_accept));
	else
		puts("no client yet");
	printf("%lld of %lld held, %lld of them wait for a program; %lld of %lld programs; %lld accepted\n",
	    (long long)c->held, (long long)c->held_max, (long long)c->waiting,
	    (long long)c->programs, (long long)c->programs_max, (long long)c->accepted);
	put_heading("ended");
	put_rows(count_ends, COUNT_ENDS, ended, c);
	put_heading("early");
	put_rows(talk_kinds, TALK_KINDS, early, c);
	put_waits(c);
}

static void
put_metric(const char *name, const char *type, const char *help, int64_t n)
{
	show_metric(name, type, help);
	printf("%s %lld\n", name, (long long)n);
}

static void
put_histogram(const struct counts *c)
{
	static const char name[] = "etd_server_wait_seconds";

	show_metric(name, "histogram", "How long those that passed, or talked early, had waited.");
	for (int w = 0; w < COUNT_WAITS; w++) {
		for (int i = 0; i < COUNT_BINS; i++)
			printf("%s_bucket{end=\"%s\",le=\"%g\"} %lld\n", name, count_waits[w],
			    (double)count_bins_ms[i] / 1000, (long long)c->wait[w].most[i]);
		printf("%s_bucket{end=\"%s\",le=\"+Inf\"} %lld\n", name, count_waits[w],
		    (long long)c->wait[w].count);
		printf("%s_sum{end=\"%s\"} %.3f\n", name, count_waits[w],
		    (double)c->wait[w].sum_ms / 1000);
		printf("%s_count{end=\"%s\"} %lld\n", name, count_waits[w],
		    (long long)c->wait[w].count);
	}
}

void
server_metrics(const struct server *s)
{
	const struct counts *c = &s->counts;

	put_metric("etd_server_written_timestamp_seconds", "gauge", "When etd-server wrote the file.", c->written);
	put_metric("etd_server_start_timestamp_seconds", "gauge", "When it started.", c->started);
	put_metric("etd_server_last_accept_timestamp_seconds", "gauge", "When the last client came; 0 for none yet.", c->last_accept);
	put_metric("etd_server_held", "gauge", "Clients that are held, wait for a program or are being answered.", c->held);
	put_metric("etd_server_held_max", "gauge", "How many there may be at once.", c->held_max);
	put_metric("etd_server_waiting", "gauge", "Those of them that wait for a program.", c->waiting);
	put_metric("etd_server_programs", "gauge", "Programs that run.", c->programs);
	put_metric("etd_server_programs_max", "gauge", "How many may run at once.", c->programs_max);
	put_metric("etd_server_accepted_total", "counter", "Clients that have come.", c->accepted);
	show_metric("etd_server_ended_total", "counter", "How they ended.");
	for (int end = 0; end < COUNT_ENDS; end++)
		for (int class = 0; class < COUNT_CLASSES; class++)
			printf("etd_server_ended_total{end=\"%s\",class=\"%s\"} %lld\n", count_ends[end],
			    count_classes[class], (long long)c->ended[end][class]);
	show_metric("etd_server_early_total", "counter", "Early talkers, by what they said.");
	for (int class = 0; class < COUNT_CLASSES; class++)
		for (int k = 0; k < TALK_KINDS; k++)
			printf("etd_server_early_total{class=\"%s\",kind=\"%s\"} %lld\n",
			    count_classes[class], talk_kinds[k], (long long)c->early[class][k]);
	put_histogram(c);
}
