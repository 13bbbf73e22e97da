/*
 * watch: the daemon's loop. See watch.h.
 */
#include "watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "event.h"
#include "log.h"

enum {
	STALL_MS = 1000,	/* it was this host that was late, not the backends */
	OTHERS = 3		/* descriptors that are watched beside those of the probes */
};

static int
room(struct watch *w, size_t backends)
{
	struct epoll_event *events = reallocarray(w->events, backends + OTHERS, sizeof *events);

	if (events == NULL)
		return 0;
	w->events = events;
	return schedule_room(&w->schedule, backends);
}

static void
watch(struct watch *w, int fd, void *pointer)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = pointer };

	if (fd != -1 && epoll_ctl(w->schedule.prober.epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		log_warning("unable to poll: %m");
}

int
watch_begin(struct watch *w, const char *source, const struct source *read, const char *path,
    char why[REASON_MAX])
{
	w->source = source;
	w->now_ms = w->promised_ms = clock_ms();
	if (!backends_make(&w->backends, read, w->now_ms) || !room(w, w->backends.n))
		return reason(why, "out of memory");
	keep_begin(&w->keep, path, w->now_ms);
	confine(&w->confine, path);
	w->fifo.fd = -1;
	if (!prober_open(&w->schedule.prober, why) ||
	    !resolve_open(&w->resolve, &w->schedule.prober.room, why))
		return 0;
	watch(w, w->resolve.epoll, &w->resolve);
	return 1;
}

/* One that is closed must not be watched any more, although a child that resolves hosts may have it. */
static void
open_fifo(struct watch *w)
{
	epoll_ctl(w->schedule.prober.epoll, EPOLL_CTL_DEL, w->fifo.fd, NULL);
	fifo_open(&w->fifo, w->keep.path);
	watch(w, w->fifo.fd, &w->fifo);
}

static void
begin(struct watch *w)
{
	schedule_take_on(&w->schedule, &w->backends);
	resolve_take_on(&w->resolve, &w->backends, w->now_ms);
}

static void
unresolved(struct watch *w, struct backend *b, const char *why)
{
	int said = b->said_unresolved;

	if (backend_unresolved(&w->backends, b, why))
		event_unresolved(b);
	else if (b->record.address.len > 0 && !said)
		log_warning("%s does not resolve: %s: %s stays at %s", b->host, why,
		    b->record.name, backend_address(b));
}

static void
take_answers(struct watch *w)
{
	struct answer answer;
	struct backend *b;

	while ((b = resolve_take(&w->resolve, &answer, w->now_ms)) != NULL) {
		if (answer.why[0] != '\0') {
			unresolved(w, b, answer.why);
			continue;
		}
		backend_resolved(&w->backends, b, &answer.address, w->now_ms);
		schedule_update(&w->schedule, b);
	}
}

static void
take_nudges(struct watch *w)
{
	char name[RECORD_NAME_MAX + 1];

	fifo_read(&w->fifo);
	while (fifo_take(&w->fifo, name)) {
		struct backend *b = backends_find(&w->backends, name);

		if (b == NULL)
			continue;
		backend_nudge(b, w->now_ms);
		schedule_update(&w->schedule, b);
	}
}

static int
read_again(struct watch *w, struct backends *fresh)
{
	struct source source;
	int ok = source_read(&source, w->source, 0, log_warning);

	if (ok && (!backends_make(fresh, &source, w->now_ms) || !room(w, fresh->n))) {
		log_warning("out of memory");
		backends_free(fresh);
		ok = 0;
	}
	source_free(&source);
	return ok;
}

static void
reload(struct watch *w)
{
	struct backends fresh;

	if (!read_again(w, &fresh)) {
		log_warning("%s is ignored: nothing changes", w->source);
		return;
	}
	event_reload(&fresh, &w->backends);
	backends_replace(&w->backends, &fresh, w->now_ms);
	begin(w);
}

/* Never called, since the signals are blocked and then read. But one that is ignored could not be
   read, and who looks at the process sees that this one is caught. */
static void
on_signal(int number)
{
	(void)number;
}

static void
list_caught(sigset_t *caught)
{
	sigemptyset(caught);
	sigaddset(caught, SIGHUP);
	sigaddset(caught, SIGALRM);
}

/* If the logger ends, this goes on: so SIGPIPE is ignored. */
void
watch_hold_signals(void)
{
	sigset_t caught;

	list_caught(&caught);
	sigprocmask(SIG_BLOCK, &caught, NULL);
	signal(SIGHUP, on_signal);
	signal(SIGALRM, on_signal);
	signal(SIGPIPE, SIG_IGN);
}

static int
catch_signals(struct watch *w, char why[REASON_MAX])
{
	sigset_t caught;

	list_caught(&caught);
	w->signals = signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC);
	if (w->signals == -1)
		return reason(why, "unable to catch signals: %m");
	watch(w, w->signals, &w->signals);
	return 1;
}

static void
obey_signals(struct watch *w)
{
	struct signalfd_siginfo caught;

	while (read(w->signals, &caught, sizeof caught) == sizeof caught)
		if (caught.ssi_signo == SIGHUP)
			reload(w);
		else
			schedule_hurry(&w->schedule, w->now_ms);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* If this host has slept, what the backends have said since has not been heard. */
static void
read_clock(struct watch *w)
{
	int64_t late_ms;

	w->now_ms = clock_ms();
	late_ms = w->now_ms - w->promised_ms;
	if (late_ms > STALL_MS)
		schedule_extend(&w->schedule, late_ms + STALL_MS);
	w->promised_ms = w->now_ms;
}

/* The probes go first: what else happens may end them, and free their memory. */
static void
take_events(struct watch *w, int n)
{
	int nudges = 0, answers = 0, signals = 0;

	for (int i = 0; i < n; i++) {
		void *what = w->events[i].data.ptr;

		if (what == &w->fifo)
			nudges = 1;
		else if (what == &w->resolve)
			answers = 1;
		else if (what == &w->signals)
			signals = 1;
		else
			schedule_go_on(&w->schedule, what, w->now_ms);
	}
	if (nudges)
		take_nudges(w);
	if (answers)
		take_answers(w);
	if (signals)
		obey_signals(w);
}

/* Waits until something happens or is due, at until_ms at the latest, and does it. Returns 1, or 0
   with why. */
static int
turn(struct watch *w, int64_t until_ms, char why[REASON_MAX])
{
	int left, n;

	confine(&w->confine, w->keep.path);	/* unless it could be done at the start */
	read_clock(w);
	left = clock_between(w->now_ms, sooner(until_ms, sooner(w->due_ms, w->resolve_ms)));
	w->promised_ms += left;
	n = epoll_wait(w->schedule.prober.epoll, w->events, (int)w->backends.n + OTHERS, left);
	if (n == -1 && errno != EINTR)
		return reason(why, "unable to poll: %m");
	read_clock(w);
	take_events(w, n);
	w->due_ms = schedule_run(&w->schedule, w->now_ms);
	w->resolve_ms = resolve_run(&w->resolve, w->now_ms);
	return 1;
}

void
watch_run(struct watch *w, char why[REASON_MAX])
{
	if (!store_read(w->keep.path, &w->backends, why))
		log_warning("%s: its states are ignored", why);
	if (!catch_signals(w, why))
		return;
	begin(w);
	open_fifo(w);
	while (turn(w, keep_due(&w->keep), why)) {
		if (keep_run(&w->keep, &w->backends, w->now_ms))
			open_fifo(w);
		if (w->keep.write_failed && confine_is_elsewhere(&w->confine, w->keep.path)) {
			reason(why, "the directory of %s was replaced by another", w->keep.path);
			return;
		}
	}
}

int
watch_once(struct watch *w, char why[REASON_MAX])
{
	w->schedule.once = w->resolve.once = w->schedule.prober.traces = 1;
	begin(w);
	do
		if (!turn(w, INT64_MAX, why))
			return 0;
	while (w->due_ms != INT64_MAX || resolve_is_busy(&w->resolve));
	why[0] = '\0';
	return keep_write(&w->keep, &w->backends, w->now_ms) && backends_count(&w->backends).up > 0;
}
