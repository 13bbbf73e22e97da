/*
 * watch: probes the backends and keeps the file. See watch.h.
 */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "clock.h"
#include "log.h"
#include "plan.h"
#include "store.h"

enum {
	HEARTBEAT_MS = 60000,	/* readers take an older file for a dead checkd */
	RETRY_MS = 1000		/* after a write that failed, a probe that could not begin */
};

/* "up", "down", or for a failure that changes nothing "fail". */
static void
report(enum log_level level, const char *event, const struct backend *b)
{
	struct log l;
	char address[ADDRESS_SIZE];

	log_begin(&l, level, event);
	log_text(&l, "backend", b->record.name);
	log_text(&l, "addr", address_text(&b->record.address, address));
	if (b->health.passes > 0)
		log_number(&l, "passes", b->health.passes);
	else {
		log_number(&l, "failures", b->health.failures);
		log_text(&l, "step", probe_steps[b->probe.failed]);
		log_text(&l, "reason", b->probe.reason);
	}
	log_end(&l);
}

/* How long after the last probe's start the next one begins. */
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

/* A probe's result. Its time counts from its start, whatever it took; what is late is
   not caught up with. */
static void
take(struct watch *w, struct backend *b, enum probe_result result)
{
	int64_t now = clock_ms();
	int changed;

	if (result == PROBE_NONE)
		return;
	if (result == PROBE_PASS)
		changed = health_pass(&b->health, b->options.rise);
	else
		changed = health_fail(&b->health, b->options.fall);
	strcpy(b->last, b->probe.reason);
	b->next_ms = b->start_ms + interval(b);
	if (b->next_ms < now)
		b->next_ms = now;
	if (changed) {
		b->since = time(NULL);
		report(LOG_PROBLEM, state_names[b->health.state], b);
		w->write_ms = now;
	} else if (result == PROBE_FAIL)
		report(LOG_ALL, "fail", b);
}

/* Returns 0 where this host had no socket for it. */
static int
start(struct watch *w, struct backend *b, int64_t now)
{
	enum probe_result result;

	result = probe_start(&b->probe, &b->record.address, b->options.helo,
	    b->options.timeout_ms);
	if (result == PROBE_NONE && b->probe.fd == -1) {
		if (now >= w->starved_ms) {
			log_warning("unable to start a probe: %m");
			w->starved_ms = now + HEARTBEAT_MS;
		}
		return 0;
	}
	/* When it was due: so the probes of many backends stay as far apart as they were. */
	b->start_ms = now - b->next_ms < b->options.inter_ms ? b->next_ms : now;
	take(w, b, result);
	return 1;
}

static void
write_file(struct watch *w)
{
	char reason[STORE_REASON];
	size_t up = source_count(&w->source, UP);

	/* Before the first results there is nothing to say. */
	if (up == 0 && source_count(&w->source, UNKNOWN) > 0 &&
	    clock_ms() < w->begin_ms + HEARTBEAT_MS) {
		w->write_ms = clock_ms() + RETRY_MS;
		return;
	}
	if (!w->turn_made && !(w->turn_made = store_turn(w->path, reason)) && !w->turn_failed) {
		log_warning("%s", reason);
		w->turn_failed = 1;
	}
	if (store_write(w->path, &w->source, reason)) {
		w->write_failed = 0;
		w->write_ms = clock_ms() + HEARTBEAT_MS;
	} else {
		if (!w->write_failed)
			log_warning("%s", reason);
		w->write_failed = 1;
		w->write_ms = clock_ms() + RETRY_MS;
	}
	if (up == 0 && !w->none_up)
		log_warning("none up: %s lists all", w->path);
	w->none_up = up == 0;
}

static int
is_due(const struct watch *w, const struct backend *b, int64_t now)
{
	if (w->once)
		return b->health.state == UNKNOWN;
	return plan_is_probed(b) && b->next_ms <= now;
}

/* Starts what is due and gathers what is under way. Returns how many, and in *wake_ms
   when the next thing is due. Where descriptors run out, the one that got none comes
   first as soon as another probe ends. */
static nfds_t
gather(struct watch *w, int64_t *wake_ms)
{
	int64_t now = clock_ms(), due_ms;
	size_t first = w->first;
	int starved = 0;
	nfds_t n = 0;

	for (size_t i = 0; i < w->source.n; i++) {
		size_t index = (first + i) % w->source.n;
		struct backend *b = &w->source.backends[index];

		if (b->probe.fd == -1 && !starved && is_due(w, b, now) && !start(w, b, now)) {
			starved = 1;
			w->first = index;
		}
		if (b->probe.fd != -1) {
			due_ms = b->probe.deadline_ms;
			w->polled[n].fd = b->probe.fd;
			w->polled[n].events = probe_events(&b->probe);
			w->polled_backend[n++] = b;
		} else if (starved)
			due_ms = now + RETRY_MS;
		else
			due_ms = w->once || !plan_is_probed(b) ? INT64_MAX : b->next_ms;
		if (due_ms < *wake_ms)
			*wake_ms = due_ms;
	}
	return n;
}

/* Polls until something happens or wake_ms has come, and takes what did. */
static void
wait_and_take(struct watch *w, nfds_t n, int64_t wake_ms)
{
	int left = clock_left(wake_ms);
	struct timespec timeout = { left / 1000, left % 1000 * 1000000L };
	int64_t now;

	if (ppoll(w->polled, n, &timeout, &w->unblocked) == -1) {
		if (errno != EINTR)
			log_fatal(111, "unable to poll: %m");
		return;
	}
	now = clock_ms();
	for (nfds_t i = 0; i < n; i++) {
		struct backend *b = w->polled_backend[i];

		/* The deadline first: a backend that never stops talking has one too. */
		if (b->probe.deadline_ms <= now)
			take(w, b, probe_run(&b->probe, 1));
		else if (w->polled[i].revents != 0)
			take(w, b, probe_run(&b->probe, 0));
	}
}

/* Room for a probe of each under way at once, in memory and in descriptors. */
static void
make_room(struct watch *w)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != -1) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	free(w->polled);
	free(w->polled_backend);
	w->polled = calloc(w->source.n, sizeof *w->polled);
	w->polled_backend = calloc(w->source.n, sizeof *w->polled_backend);
	if (w->polled == NULL || w->polled_backend == NULL)
		log_fatal(111, "out of memory");
}

void
watch_begin(struct watch *w, const char *backends, const char *path)
{
	w->backends = backends;
	w->path = path;
	plan_begin(&w->source);
	make_room(w);
	w->begin_ms = clock_ms();
	w->write_ms = w->begin_ms + RETRY_MS;
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
	w->first = 0;
	make_room(w);
	w->write_ms = clock_ms();
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

/* HUP and ALRM come in while waiting, and only then. */
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
}

void
watch_run(struct watch *w)
{
	store_read(w->path, &w->source);
	catch_signals(w);
	for (;;) {
		int64_t wake_ms = INT64_MAX;
		nfds_t n = gather(w, &wake_ms);

		if (w->write_ms < wake_ms)
			wake_ms = w->write_ms;
		wait_and_take(w, n, wake_ms);
		if (hangup) {
			hangup = 0;
			reload(w);
		}
		if (alarmed) {
			alarmed = 0;
			plan_now(&w->source);
		}
		if (w->write_ms <= clock_ms())
			write_file(w);
	}
}

int
watch_once(struct watch *w)
{
	int64_t wake_ms;
	nfds_t n;

	sigprocmask(SIG_BLOCK, NULL, &w->unblocked);
	w->once = 1;
	for (size_t i = 0; i < w->source.n; i++)
		w->source.backends[i].probe.trace = w->source.backends[i].record.name;
	while (wake_ms = INT64_MAX, (n = gather(w, &wake_ms)) > 0)
		wait_and_take(w, n, wake_ms);
	write_file(w);
	return !w->write_failed && source_count(&w->source, UP) > 0;
}
