/*
 * plan: with which state a backend begins, and when it is probed. See plan.h.
 */
#include "plan.h"

#include <string.h>
#include <time.h>

#include "clock.h"

/* Between probes, however many clients complain. */
enum { NUDGE_MS = 100 };

int
plan_is_probed(const struct backend *b)
{
	return !b->options.disabled && !b->options.no_check && b->record.address.len > 0;
}

static void
begin(struct backend *b)
{
	if (b->options.disabled)
		b->health.state = DISABLED;
	else if (b->options.no_check && b->record.address.len > 0)
		b->health.state = UP;
	if (b->since == 0)
		b->since = time(NULL);
}

void
plan_begin(struct source *source)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < source->n; i++) {
		struct backend *b = &source->backends[i];

		begin(b);
		/* As if it had been due at its place in the interval before this. */
		b->next_ms = now - b->options.inter_ms * (int64_t)i / (int64_t)source->n;
	}
}

static void
go_on(struct backend *b, struct backend *old)
{
	int was_probed = plan_is_probed(old);

	b->record.address = old->record.address;
	if (b->options.disabled || b->options.no_check)
		begin(b);
	else if (was_probed || old->record.address.len == 0) {
		b->health = old->health;
		b->since = old->since;
		strcpy(b->last, old->last);
	}
	if (was_probed) {
		b->start_ms = old->start_ms;
		b->next_ms = old->next_ms;
	}
	b->probe = old->probe;
	b->probe.record = &b->record;
	b->probe.helo = b->options.helo;
	old->probe.fd = -1;
}

static int
is_the_same(const struct backend *a, const struct backend *b)
{
	if (a->host[0] != '\0' || b->host[0] != '\0')
		return strcmp(a->host, b->host) == 0;
	return address_equal(&a->record.address, &b->record.address);
}

void
plan_go_on(struct source *fresh, struct source *old)
{
	for (size_t i = 0; i < fresh->n; i++) {
		struct backend *b = &fresh->backends[i], *o = source_find(old, b->record.name);

		if (o != NULL && is_the_same(b, o))
			go_on(b, o);
	}
	for (size_t i = 0; i < old->n; i++)
		probe_end(&old->backends[i].probe);
}

int
plan_resolved(struct backend *b, const struct address *address)
{
	b->resolved = 1;
	if (address_equal(&b->record.address, address))
		return 0;
	probe_end(&b->probe);
	b->record.address = *address;
	memset(&b->health, 0, sizeof b->health);
	b->since = 0;
	begin(b);
	b->next_ms = clock_ms();
	return 1;
}

static int64_t
interval(const struct backend *b)
{
	const struct options *o = &b->options;
	int64_t ms = 0;

	if (health_in_transition(&b->health))
		ms = o->fastinter_ms;
	else if (b->health.state == DOWN)
		ms = o->downinter_ms;
	return ms > 0 ? ms : o->inter_ms;
}

void
plan_next(struct backend *b)
{
	int64_t now = clock_ms();

	b->next_ms = b->start_ms + interval(b);
	if (b->next_ms < now)
		b->next_ms = now;
}

static void
not_after(struct backend *b, int64_t ms)
{
	if (b->next_ms > ms)
		b->next_ms = ms;
}

void
plan_now(struct source *source)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < source->n; i++)
		not_after(&source->backends[i], now);
}

void
plan_nudge(struct backend *b)
{
	int64_t now = clock_ms(), soonest = b->start_ms + NUDGE_MS;

	/* In transition the next probe comes soon enough, and what is down is known to be. */
	if (b->health.state == UP && !health_in_transition(&b->health))
		not_after(b, soonest > now ? soonest : now);
}
