/*
 * plan: with which state a backend begins, and when it is probed first. See plan.h.
 */
#include "plan.h"

#include <string.h>
#include <time.h>

#include "clock.h"

int
plan_is_probed(const struct backend *b)
{
	return !b->options.disabled && !b->options.no_check;
}

void
plan_begin(struct source *source)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < source->n; i++) {
		struct backend *b = &source->backends[i];

		b->health.state = b->options.disabled ? DISABLED : b->options.no_check ? UP : UNKNOWN;
		b->since = time(NULL);
		/* As if it had been due at its place in the interval before this. */
		b->next_ms = now - b->options.inter_ms * (int64_t)i / (int64_t)source->n;
	}
}

static void
go_on(struct backend *b, struct backend *old)
{
	if (plan_is_probed(b) && plan_is_probed(old)) {
		b->health = old->health;
		b->since = old->since;
		b->start_ms = old->start_ms;
		b->next_ms = old->next_ms;
		strcpy(b->last, old->last);
	}
	b->probe = old->probe;
	b->probe.helo = b->options.helo;
	old->probe.fd = -1;
}

void
plan_go_on(struct source *fresh, struct source *old)
{
	for (size_t i = 0; i < fresh->n; i++) {
		struct backend *b = &fresh->backends[i], *o = source_find(old, b->record.name);

		if (o != NULL && address_equal(&o->record.address, &b->record.address))
			go_on(b, o);
	}
	for (size_t i = 0; i < old->n; i++)
		probe_end(&old->backends[i].probe);
}

void
plan_now(struct source *source)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < source->n; i++)
		if (source->backends[i].next_ms > now)
			source->backends[i].next_ms = now;
}
