/*
 * schedule: the probes of all backends, side by side. See schedule.h.
 */
#include "schedule.h"

#include <stddef.h>

#include "event.h"
#include "log.h"

enum {
	RETRY_MS = 1000,	/* for a descriptor, if no probe ends before */
	REMIND_MS = 60000
};

#define BACKEND(pointer, member) \
    ((struct backend *)((char *)(pointer) - offsetof(struct backend, member)))

int
schedule_room(struct schedule *s, size_t n)
{
	return heap_room(&s->starts, n) && heap_room(&s->ends, n);
}

static void
set(struct heap *h, struct due *due, int is_wanted, int64_t at_ms)
{
	if (is_wanted)
		heap_set(h, due, at_ms);
	else
		heap_remove(h, due);
}

void
schedule_update(struct schedule *s, struct backend *b)
{
	int is_under_way = b->probe.fd != -1;
	int is_to_come = !is_under_way && backend_is_probed(b) &&
	    (!s->once || b->health.state == STATE_UNKNOWN);

	set(&s->ends, &b->to_end, is_under_way, b->probe.deadline_ms);
	set(&s->starts, &b->to_start, is_to_come, b->next_ms);
}

void
schedule_take_on(struct schedule *s, struct backends *backends)
{
	s->backends = backends;
	heap_clear(&s->starts);
	heap_clear(&s->ends);
	for (size_t i = 0; i < backends->n; i++)
		schedule_update(s, &backends->all[i]);
}

void
schedule_hurry(struct schedule *s, int64_t now_ms)
{
	for (size_t i = 0; i < s->backends->n; i++) {
		backend_hurry(&s->backends->all[i], now_ms);
		schedule_update(s, &s->backends->all[i]);
	}
}

void
schedule_extend(struct schedule *s, int64_t ms)
{
	for (size_t i = 0; i < s->backends->n; i++) {
		probe_extend(&s->backends->all[i].probe, ms);
		schedule_update(s, &s->backends->all[i]);
	}
}

static void
take_answer(struct schedule *s, struct backend *b, int64_t now_ms)
{
	int is_made = b->probe.pipeconnect == PROBE_YES;

	if (b->probe.pipeconnect == PROBE_UNANSWERED)
		return;
	b->probe.pipeconnect = PROBE_UNANSWERED;
	if (backend_answered(s->backends, b, is_made, now_ms))
		event_pipeconnect(b->record.name, is_made);
}

static void
take(struct schedule *s, struct backend *b, enum probe_result result, int64_t now_ms)
{
	if (result != PROBE_NONE)
		event_result(b, result, backend_result(s->backends, b, result, now_ms));
	take_answer(s, b, now_ms);
	schedule_update(s, b);
}

/* Returns 0 where this host had no socket for it. */
static int
start(struct schedule *s, struct backend *b, int64_t now_ms)
{
	enum probe_result result = probe_start(&b->probe, &s->prober, &b->record, b->options.helo,
	    offer_is_asked(&b->offer, now_ms), b->options.timeout_ms);

	if (result == PROBE_NONE && b->probe.fd == -1) {
		if (now_ms >= s->starved_ms) {
			log_warning("unable to start a probe: %m");
			s->starved_ms = now_ms + REMIND_MS;
		}
		return 0;
	}
	backend_started(b, now_ms);
	take(s, b, result, now_ms);
	return 1;
}

static struct due *
first(const struct heap *h, int64_t now_ms)
{
	struct due *due = heap_first(h);

	return due != NULL && due->at_ms <= now_ms ? due : NULL;
}

static int64_t
sooner(const struct heap *h, int64_t ms)
{
	const struct due *due = heap_first(h);

	return due != NULL && due->at_ms < ms ? due->at_ms : ms;
}

int64_t
schedule_run(struct schedule *s, int64_t now_ms)
{
	struct due *due;

	while ((due = first(&s->ends, now_ms)) != NULL) {
		struct backend *b = BACKEND(due, to_end);

		take(s, b, probe_run(&b->probe, 1), now_ms);
	}
	/* Where descriptors run out, who has waited longest gets the next one. */
	while ((due = first(&s->starts, now_ms)) != NULL)
		if (!start(s, BACKEND(due, to_start), now_ms))
			return sooner(&s->ends, now_ms + RETRY_MS);
	return sooner(&s->ends, sooner(&s->starts, INT64_MAX));
}

void
schedule_go_on(struct schedule *s, struct probe *p, int64_t now_ms)
{
	take(s, BACKEND(p, probe), probe_run(p, 0), now_ms);
}
