/*
 * round: the probes of all backends, each when it is due. See round.h.
 */
#include "round.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "clock.h"
#include "event.h"
#include "log.h"
#include "plan.h"

enum {
	RETRY_MS = 1000,	/* for a descriptor, if no probe ends before */
	REMIND_MS = 60000,
	STALL_MS = 1000,	/* it was this host that was late, not the backends */
	RESERVE = 12		/* descriptors for all else than probes */
};

/* Room for a probe of each under way at once, in memory and in descriptors. */
static void
make_room(struct round *r, size_t n)
{
	struct rlimit files;

	r->room = 1;
	if (getrlimit(RLIMIT_NOFILE, &files) != -1) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
		if (files.rlim_max > RESERVE)
			r->room = files.rlim_max - RESERVE;
	}
	free(r->due_ms);
	free(r->polled);
	free(r->whose);
	r->due_ms = calloc(n, sizeof *r->due_ms);
	r->polled = calloc(n + ROUND_SPARE, sizeof *r->polled);
	r->whose = calloc(n + ROUND_SPARE, sizeof *r->whose);
	if (r->due_ms == NULL || r->polled == NULL || r->whose == NULL)
		log_fatal(111, "out of memory");
}

static void
add(struct round *r, struct backend *b)
{
	r->polled[r->n].fd = b->probe.fd;
	r->polled[r->n].events = probe_events(&b->probe);
	r->whose[r->n++] = b;
}

static void
schedule(struct round *r, const struct backend *b)
{
	int64_t due_ms = b->next_ms;

	if (b->probe.fd != -1)
		due_ms = b->probe.deadline_ms;
	else if (!plan_is_probed(b) || (r->once && b->health.state != STATE_UNKNOWN))
		due_ms = INT64_MAX;
	r->due_ms[b - r->source->backends] = due_ms;
	if (due_ms < r->wake_ms)
		r->wake_ms = due_ms;
}

void
round_take_on(struct round *r, struct source *source)
{
	make_room(r, source->n);
	r->source = source;
	r->first %= source->n;
	if (r->promised_ms == 0)
		r->promised_ms = clock_ms();
	r->n = ROUND_SPARE;
	for (size_t i = 0; i < source->n; i++) {
		if (source->backends[i].probe.fd != -1)
			add(r, &source->backends[i]);
		schedule(r, &source->backends[i]);
	}
}

void
round_reschedule(struct round *r)
{
	for (size_t i = 0; i < r->source->n; i++)
		schedule(r, &r->source->backends[i]);
}

/* The last one takes its place. */
static void
remove_ended(struct round *r)
{
	for (size_t i = ROUND_SPARE; i < r->n;) {
		if (r->whose[i]->probe.fd == -1) {
			r->n--;
			r->polled[i] = r->polled[r->n];
			r->whose[i] = r->whose[r->n];
		} else
			i++;
	}
}

void
round_update(struct round *r, struct backend *b)
{
	schedule(r, b);
	remove_ended(r);
}

static void
take(struct round *r, struct backend *b, enum probe_result result)
{
	int changed = 0, spared;

	if (result == PROBE_NONE)
		return;
	/* A limit on connections that clients have used up is no failure. */
	spared = result == PROBE_FAIL && b->nudged && b->probe.later;
	b->nudged = 0;
	if (result == PROBE_PASS)
		changed = health_pass(&b->health, b->options.rise);
	else if (!spared)
		changed = health_fail(&b->health, b->options.fall);
	strcpy(b->last, b->probe.reason);
	plan_next(b);
	if (changed) {
		b->since = time(NULL);
		r->changed = 1;
	}
	event_result(b, result, changed);
}

/* Returns 0 where this host had no socket for it. */
static int
start(struct round *r, struct backend *b, int64_t now)
{
	enum probe_result result = PROBE_NONE;
	int64_t late = now - b->next_ms;

	errno = EMFILE;
	if (r->n - ROUND_SPARE < r->room)
		result = probe_start(&b->probe, &b->record, b->options.helo, b->options.timeout_ms);
	if (result == PROBE_NONE && b->probe.fd == -1) {
		if (now >= r->starved_ms) {
			log_warning("unable to start a probe: %m");
			r->starved_ms = now + REMIND_MS;
		}
		return 0;
	}
	/* When it was due, to the interval: so the probes of many stay as far apart as they were. */
	b->start_ms = now - late % b->options.inter_ms;
	if (b->probe.fd != -1)
		add(r, b);
	take(r, b, result);
	schedule(r, b);
	return 1;
}

/* This host has slept, and what the backends have said since has not been heard. */
static void
forgive(struct round *r, int64_t late)
{
	for (size_t i = ROUND_SPARE; i < r->n; i++) {
		r->whose[i]->probe.deadline_ms += late + STALL_MS;
		schedule(r, r->whose[i]);
	}
}

/* The one that gets no descriptor comes first as soon as another probe has ended. */
int64_t
round_start(struct round *r)
{
	int64_t now = clock_ms();
	size_t i = r->first;
	int starved = 0;

	/* That something is due in the past, as after ALRM, does not mean that this host slept. */
	if (now - r->promised_ms > STALL_MS)
		forgive(r, now - r->promised_ms);
	r->promised_ms = now;
	if (now < r->wake_ms)
		return r->wake_ms;
	r->wake_ms = INT64_MAX;
	for (size_t left = r->source->n; left > 0; left--) {
		struct backend *b = &r->source->backends[i];
		int64_t due_ms = r->due_ms[i];

		if (due_ms <= now && b->probe.fd != -1) {
			take(r, b, probe_run(&b->probe, 1));
			schedule(r, b);
		} else if (due_ms <= now && !starved && !start(r, b, now)) {
			starved = 1;
			r->first = i;
		}
		due_ms = r->due_ms[i];
		if (due_ms <= now && starved)
			due_ms = now + RETRY_MS;
		if (due_ms < r->wake_ms)
			r->wake_ms = due_ms;
		if (++i == r->source->n)
			i = 0;
	}
	remove_ended(r);
	return r->wake_ms;
}

void
round_go_on(struct round *r)
{
	for (size_t i = ROUND_SPARE; i < r->n; i++) {
		struct backend *b = r->whose[i];

		if (r->polled[i].revents == 0)
			continue;
		take(r, b, probe_run(&b->probe, 0));
		r->polled[i].events = probe_events(&b->probe);
		schedule(r, b);
	}
	if (r->once)
		r->wake_ms = 0;		/* there may be nothing left to wait for */
	remove_ended(r);
}
