/*
 * upkeep: what is done beside the clients. See upkeep.h.
 */
#include "upkeep.h"

#include <time.h>

#include "log.h"

enum { COUNT_EVERY_MS = 10000 };

static void
save(struct front *f)
{
	char why[REASON_MAX];

	if (!passed_write(&f->passed, why))
		log_warning("%s", why);
}

static void
write_counts(struct front *f)
{
	struct counts *c = &f->counts;
	char why[REASON_MAX];

	c->written = time(NULL);
	if (f->last_accept_ms > 0)
		c->last_accept = c->written - (f->now_ms - f->last_accept_ms) / 1000;
	c->held = (int64_t)f->clients.n;
	c->held_max = (int64_t)f->clients.max;
	c->waiting = (int64_t)f->clients.waiting;
	c->programs = (int64_t)f->programs.running;
	c->programs_max = (int64_t)f->programs.limit;
	if (counts_write(c, f->options->counts, why))
		f->counts_failed = 0;
	else if (f->counts_failed++ == 0)
		log_warning("%s", why);
}

/* What is to be done some time after something has happened. */
void
upkeep_plan(struct front *f)
{
	struct clients *c = &f->clients;
	int64_t test_ms = zones_due(&f->zones);

	if (dns_is_pending(&f->dns) && f->dns_tick.place == 0)
		heap_set(&c->heap, &f->dns_tick, f->now_ms + DNS_TICK_MS);
	if (test_ms > 0 && (f->zones_test.place == 0 || f->zones_test.at_ms != test_ms))
		heap_set(&c->heap, &f->zones_test, test_ms);
	if (f->passed.changed && f->save.place == 0)
		heap_set(&c->heap, &f->save, f->now_ms + PASSED_EVERY_MS);
	if (f->options->counts != NULL && f->count.place == 0)
		heap_set(&c->heap, &f->count, f->now_ms + COUNT_EVERY_MS);
	if (f->options->policy.stress_ms >= 0)
		stress_judge(&f->stress, &c->heap, f->now_ms, c->n, c->max, f->programs.running,
		    c->first != NULL);
}

int
upkeep_take(struct front *f, const struct due *d)
{
	if (d == &f->save)
		save(f);
	else if (d == &f->zones_test)
		zones_run(&f->zones);
	else if (d == &f->count)
		write_counts(f);
	else
		return d == &f->retry || d == &f->stress.due;
	return 1;
}

void
upkeep_begin(struct front *f)
{
	f->counts.started = time(NULL);
	if (f->options->counts != NULL)
		write_counts(f);
}

void
upkeep_end(struct front *f)
{
	char why[REASON_MAX];

	if (f->options->counts != NULL)
		write_counts(f);
	if (!passed_end(&f->passed, why))
		log_warning("%s", why);
}
