/*
 * plan: with which state a backend begins, and when it is probed. See plan.h.
 */
#include "plan.h"

#include <string.h>
#include <time.h>

#include "clock.h"

/* From a probe's start to one that clients cause. They cause it by being refused, which they may
   have brought about themselves, and a backend may limit how often this host connects. */
enum { NUDGE_MS = 1000 };

int
plan_is_probed(const struct backend *b)
{
	return !b->options.disabled && !b->options.no_check && b->record.address.len > 0;
}

static void
begin(struct backend *b)
{
	if (b->options.disabled)
		b->health.state = STATE_DISABLED;
	else if (b->options.no_check && b->record.address.len > 0)
		b->health.state = STATE_UP;
	if (b->since == 0)
		b->since = time(NULL);
}

/* As if it had been due at its place in the interval before this: so the rounds after
   it are spread. */
static int64_t
due_now(const struct source *source, size_t i, int64_t now)
{
	return now - source->backends[i].options.inter_ms * (int64_t)i / (int64_t)source->n;
}

void
plan_begin(struct source *source)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < source->n; i++) {
		struct backend *b = &source->backends[i];

		begin(b);
		b->next_ms = due_now(source, i, now);
	}
}

static void
go_on(struct backend *b, struct backend *old)
{
	b->record.address = old->record.address;
	if (old->health.state != STATE_DISABLED && !b->options.disabled && !b->options.no_check) {
		b->health = old->health;
		strcpy(b->last, old->last);
	} else
		begin(b);
	if (b->health.state == old->health.state)
		b->since = old->since;
	if (!plan_is_probed(b) || !plan_is_probed(old))
		return;
	b->nudged = old->nudged;
	b->start_ms = old->start_ms;
	b->next_ms = old->next_ms;
	b->probe = old->probe;
	b->probe.record = &b->record;
	b->probe.helo = b->options.helo;
	old->probe.fd = -1;
}

/* A host's address may be of another family when source= is. */
static int
is_the_same(const struct backend *a, const struct backend *b)
{
	const struct route *r = &a->record.route, *s = &b->record.route;

	if (a->host[0] != '\0' || b->host[0] != '\0')
		return strcmp(a->host, b->host) == 0 &&
		    r->source.any.sa_family == s->source.any.sa_family;
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
	else if (b->health.state == STATE_DOWN)
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

	for (size_t i = 0; i < source->n; i++) {
		not_after(&source->backends[i], due_now(source, i, now));
		source->backends[i].nudged = 0;
	}
}

void
plan_nudge(struct backend *b)
{
	int64_t now = clock_ms(), soonest = b->start_ms + NUDGE_MS;

	if (soonest < now)
		soonest = now;
	/* In transition the next probe comes soon enough, and what is down is known to be. */
	if (b->health.state != STATE_UP || health_in_transition(&b->health) || b->next_ms <= soonest)
		return;
	b->next_ms = soonest;
	b->nudged = 1;
}
