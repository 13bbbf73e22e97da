/*
 * watch: the daemon's loop. See watch.h.
 */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "clock.h"
#include "event.h"
#include "log.h"
#include "plan.h"

enum { RESOLVE_MS = 10000 };	/* from one try at a host to the next */

static void
begin(struct watch *w, const char *path)
{
	keep_begin(&w->keep, path);
	plan_begin(&w->source);
	round_take_on(&w->round, &w->source);
	w->fifo.fd = -1;
	resolve_start(&w->resolve, &w->source);
	w->resolve_ms = clock_ms() + RESOLVE_MS;
}

/* What has no address is down; what has one keeps it. */
static void
unresolved(struct watch *w, struct backend *b, const char *why)
{
	if (b->record.address.len > 0) {
		if (!b->said_unresolved)
			log_warning("%s does not resolve: %s: %s stays at %s", b->host, why,
			    b->record.name, source_address(b));
	} else if (b->health.state == STATE_UNKNOWN) {
		health_fail(&b->health, 1);
		snprintf(b->last, sizeof b->last, "%s", why);
		b->since = time(NULL);
		event_unresolved(b);
		keep_changed(&w->keep);
	}
	b->said_unresolved = 1;
}

static void
take_answers(struct watch *w)
{
	struct answer answer;

	while (resolve_take(&w->resolve, &answer)) {
		struct backend *b = &w->source.backends[answer.backend];

		if (answer.why[0] != '\0') {
			unresolved(w, b, answer.why);
			continue;
		}
		if (plan_resolved(b, &answer.address))
			keep_anew(&w->keep);
		round_update(&w->round, b);
	}
	for (size_t i = 0; w->resolve.fd == -1 && i < w->source.n; i++) {
		struct backend *b = &w->source.backends[i];

		if (resolve_wants(b) && !b->said_unresolved)
			unresolved(w, b, "the resolver died");
	}
}

static void
take_nudges(struct watch *w)
{
	char name[RECORD_NAME_MAX + 1];

	fifo_read(&w->fifo);
	while (fifo_take(&w->fifo, name)) {
		struct backend *b = source_find(&w->source, name);

		if (b != NULL) {
			plan_nudge(b);
			round_update(&w->round, b);
		}
	}
}

/* Polls until something happens or wake_ms has come, and takes what did. */
static void
wait_and_take(struct watch *w, int64_t wake_ms)
{
	struct round *r = &w->round;
	int64_t now_ms = clock_ms();
	int left = clock_between(now_ms, wake_ms);
	struct timespec timeout = { left / 1000, left % 1000 * 1000000L };

	r->polled[0] = (struct pollfd){ .fd = w->fifo.fd, .events = POLLIN };
	r->polled[1] = (struct pollfd){ .fd = w->resolve.fd, .events = POLLIN };
	r->promised_ms = now_ms + left;
	if (ppoll(r->polled, r->n, &timeout, &w->unblocked) == -1) {
		if (errno != EINTR)
			log_fatal(111, "unable to poll: %m");
		return;
	}
	if (r->polled[0].revents != 0)
		take_nudges(w);
	if (r->polled[1].revents != 0)
		take_answers(w);
	round_go_on(r);
}

static void
reload(struct watch *w)
{
	struct source fresh;

	if (!source_read(&fresh, w->backends, log_warning)) {
		log_warning("%s is left aside: nothing changes", w->backends);
		source_free(&fresh);
		return;
	}
	plan_begin(&fresh);
	plan_go_on(&fresh, &w->source);
	source_free(&w->source);
	w->source = fresh;
	round_take_on(&w->round, &w->source);
	keep_anew(&w->keep);
	resolve_end(&w->resolve);
	resolve_start(&w->resolve, &w->source);
}

static volatile sig_atomic_t hangup, alarmed;

static void
on_signal(int number)
{
	if (number == SIGHUP)
		hangup = 1;
	else
		alarmed = 1;
}

/* HUP and ALRM come in while waiting, and then only. A logger that goes is no reason to. */
static void
catch_signals(struct watch *w)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t caught;

	sigemptyset(&caught);
	sigaddset(&caught, SIGHUP);
	sigaddset(&caught, SIGALRM);
	sigprocmask(SIG_BLOCK, &caught, &w->unblocked);
	sigdelset(&w->unblocked, SIGHUP);
	sigdelset(&w->unblocked, SIGALRM);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
obey_signals(struct watch *w)
{
	sigset_t blocked;

	/* ppoll lets none in where a descriptor was ready at once. */
	sigprocmask(SIG_SETMASK, &w->unblocked, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	if (hangup) {
		hangup = 0;
		reload(w);
	}
	if (alarmed) {
		alarmed = 0;
		plan_now(&w->source);
		round_reschedule(&w->round);
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
watch_run(struct watch *w, const char *path)
{
	char why[REASON_MAX];
	int64_t wake_ms;

	if (!store_read(path, &w->source, why))
		log_warning("%s: all states begin anew", why);
	catch_signals(w);
	begin(w, path);
	fifo_open(&w->fifo, path);
	for (;;) {
		wake_ms = sooner(round_start(&w->round), keep_due(&w->keep));
		wait_and_take(w, sooner(wake_ms, w->resolve_ms));
		obey_signals(w);
		if (w->resolve_ms <= clock_ms()) {
			w->resolve_ms = clock_ms() + RESOLVE_MS;
			if (w->resolve.fd == -1)
				resolve_start(&w->resolve, &w->source);
		}
		if (w->round.changed)
			keep_changed(&w->keep);
		w->round.changed = 0;
		if (keep_run(&w->keep, &w->source))
			fifo_open(&w->fifo, path);
	}
}

int
watch_once(struct watch *w, const char *path)
{
	int64_t wake_ms;

	sigprocmask(SIG_BLOCK, NULL, &w->unblocked);
	w->round.once = 1;
	begin(w, path);
	for (size_t i = 0; i < w->source.n; i++)
		w->source.backends[i].probe.trace = w->source.backends[i].record.name;
	while ((wake_ms = round_start(&w->round)) != INT64_MAX || w->resolve.fd != -1)
		wait_and_take(w, wake_ms);
	return keep_write(&w->keep, &w->source) && source_count(&w->source, STATE_UP) > 0;
}
