/*
 * front: the loop. See front.h.
 *
 * A round takes what has happened, then what is due, then starts programs for those whose turn it is;
 * the clock is read once. Each listening socket, c-ares, the signals and the clients are in one epoll
 * set; a look at the questions to DNS, the tests of lists and a later try to accept are in the heap of
 * the clients' moments.
 */
#include "front.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accepting.h"
#include "clock.h"
#include "descriptors.h"
#include "held.h"
#include "lists.h"
#include "log.h"
#include "question.h"
#include "upkeep.h"

enum {
	RESERVE = 32,		/* descriptors for all else than clients */
	HELD_MOST = 1 << 20,	/* clients, where no limit of descriptors is in the way */
	EVENTS = 256,
	ANSWERS = 32		/* that are read before the next ones: each may be followed by questions to
				   lists, and what they answer must find room in the socket's buffer */
};

int
front_watch(struct front *f, int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	return epoll_ctl(f->clients.epoll, EPOLL_CTL_ADD, fd, &event) != -1;
}

int
front_room(int64_t held, size_t *max, char why[REASON_MAX])
{
	size_t most = descriptors_raise();

	if (most == 0)
		return reason(why, "unable to raise the limit of descriptors: %m");
	if (most <= RESERVE)
		return reason(why, "%zu descriptors are too few", most);
	*max = most - RESERVE < HELD_MOST ? most - RESERVE : HELD_MOST;
	if (held > (int64_t)*max)
		return reason(why, "ETD_HELD=%lld: the limit of descriptors, %zu, allows only %zu",
		    (long long)held, most, *max);
	if (held > 0)
		*max = (size_t)held;
	return 1;
}

/* Signals are read as descriptors are; a program gets the old mask. */
static int
open_signals(struct front *f)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);	/* if the logger ends, this goes on */
	signal(SIGCHLD, SIG_DFL);	/* if ignored, the kernel says nothing of programs that end */
	f->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return f->signals != -1 && front_watch(f, f->signals, &f->signals);
}

void
front_count(struct front *f, const struct held *h, enum count_end end)
{
	if (h->verdict == VERDICT_EARLY || h->verdict == VERDICT_LISTED)
		return;			/* it was let in, and counted when that was found */
	f->counts.ended[end][h->step < HELD_HOLD ? COUNT_NO_CLASS : (int)h->class]++;
}

int
front_open(struct front *f, const struct options *o, struct policy *usual,
    char *const *program, char why[REASON_MAX])
{
	size_t max = 0;

	f->options = o;
	f->programs.argv = program;
	f->programs.limit = (size_t)o->programs;
	f->dns.resolvers = &o->resolvers;
	f->dns.timeout_ms = o->dns_timeout_ms;
	f->dns.now_ms = &f->now_ms;
	f->names.dns = &f->dns;
	f->names.confirm = o->confirm;
	f->names.bits4 = usual->bits4;
	f->names.bits6 = usual->bits6;
	f->zones.dns = f->inquiries.dns = &f->dns;
	f->zones.now_ms = f->inquiries.now_ms = &f->now_ms;
	f->terms.path = o->rules;
	f->terms.may_lack = o->rules_may_lack;
	f->terms.usual = usual;
	if (!programs_open(&f->programs, why) || !front_room(o->held, &max, why) ||
	    !clients_open(&f->clients, max, why) || !terms_refresh(&f->terms, why))
		return 0;
	if (o->passed != NULL && !passed_open(&f->passed, o->passed, usual->passed_s, why)) {
		if (f->passed.path == NULL)
			return 0;
		log_warning("%s: it will be replaced", why);
	}
	for (int at = 0; passed_next_unread(&f->passed, &at, why);)
		log_warning("%s: nobody in it is remembered until it can be read", why);
	if (!dns_open(&f->dns, why) || !names_open(&f->names, why) || !inquiries_open(&f->inquiries, why))
		return 0;
	f->now_ms = clock_ms();
	lists_begin(f, usual);
	if (!front_watch(f, f->dns.fd, &f->dns) || !open_signals(f) || !accepting_start(f))
		return reason(why, "unable to watch for clients: %m");
	return 1;
}

static void
take_answers(struct front *f)
{
	void *client;
	char *host;

	for (int n = 1; names_take(&f->names, &client, &host); n++) {
		if (!locals_take(&f->locals, client, host))
			held_named(f, client, host);
		if (n % ANSWERS == 0)
			dns_run(&f->dns);
	}
}

/* The lists have answered about some clients. */
static void
take_news(struct front *f)
{
	struct asker *asker, *next;
	struct inquiry *i;

	while ((i = inquiries_news(&f->inquiries)) != NULL)
		for (asker = i->askers; asker != NULL; asker = next) {
			next = asker->next;
			held_news(f, (struct held *)((char *)asker - offsetof(struct held, asker)));
		}
}

static void
log_status(const struct front *f)
{
	struct logfmt l;
	char line[64];

	if (!log_wants(LOG_ALL))
		return;
	snprintf(line, sizeof line, ": %zu/%zu", f->programs.running, f->programs.limit);
	log_begin(&l, "status");
	logfmt_add(&l, line);
	log_end(&l, LOG_ALL);
}

static void
reap(struct front *f)
{
	struct logfmt l;
	char line[64], why[REASON_MAX];
	void *whose;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == f->passed.writer && !passed_written(&f->passed, status, why))
			log_warning("%s", why);
		if (!programs_end(&f->programs, pid, &whose))
			continue;
		peers_leave(&f->clients.peers, whose);
		if (!log_wants(LOG_ALL))
			continue;
		snprintf(line, sizeof line, " %ld status %d", (long)pid, status);
		log_begin(&l, "end");
		logfmt_add(&l, line);
		log_end(&l, LOG_ALL);
		log_status(f);
	}
}

/* All who are held, or wait in the backlog, are told to come again; programs go on by themselves. */
static void
begin_ending(struct front *f)
{
	if (f->ending)
		return;			/* TERM may come again */
	f->ending = 1;
	f->ending_ms = f->now_ms;
	if (f->accepting)
		accepting_stop(f);
	for (size_t i = 0; i < f->clients.touched; i++)
		held_end(f, &f->clients.all[i]);
}

static void
obey(struct front *f)
{
	struct signalfd_siginfo signal;
	char why[REASON_MAX];

	while (read(f->signals, &signal, sizeof signal) == sizeof signal)
		switch (signal.ssi_signo) {
		case SIGCHLD:
			reap(f);
			break;
		case SIGHUP:
			if (!dns_open(&f->dns, why))
				log_warning("%s: nothing changes", why);
			else
				zones_test(&f->zones);
			break;
		case SIGTERM:
			begin_ending(f);
			break;
		}
}

static void
take(struct front *f, const struct epoll_event *event)
{
	void *what = event->data.ptr;

	if (what == &f->dns)
		dns_run(&f->dns);
	else if (what == &f->signals)
		obey(f);
	else if ((int *)what >= f->listen.fds && (int *)what < f->listen.fds + LISTEN_MAX)
		accepting_take(f, *(int *)what);
	else
		held_event(f, what, event->events);
}

static void
take_due(struct front *f)
{
	struct due *d;

	while ((d = heap_first(&f->clients.heap)) != NULL && d->at_ms <= f->now_ms) {
		heap_remove(&f->clients.heap, d);
		if (d == &f->dns_tick) {
			dns_run(&f->dns);
			questions_run(&f->dns);
		} else if (!upkeep_take(f, d))
			held_due(f, (struct held *)d);
	}
}

static void
start_programs(struct front *f)
{
	while (f->clients.first != NULL && f->programs.running < f->programs.limit) {
		size_t running = f->programs.running;

		held_start(f, f->clients.first);
		if (f->programs.running != running)
			log_status(f);
	}
}

int
front_run(struct front *f, char why[REASON_MAX])
{
	struct epoll_event events[EVENTS];
	struct due *d;
	int n;

	f->now_ms = clock_ms();
	upkeep_begin(f);
	log_status(f);
	while (!f->ending || f->clients.n > 0) {
		d = heap_first(&f->clients.heap);
		n = epoll_wait(f->clients.epoll, events, EVENTS,
		    d == NULL ? -1 : clock_between(f->now_ms, d->at_ms));
		if (n == -1 && errno != EINTR)
			return reason(why, "unable to wait: %m");
		f->now_ms = clock_ms();
		terms_round(&f->terms);
		for (int i = 0; i < n; i++)
			take(f, &events[i]);
		take_due(f);
		take_answers(f);	/* also those that were there as soon as they were asked for */
		take_news(f);
		start_programs(f);
		upkeep_plan(f);
		clients_recycle(&f->clients);
		if (f->ending)
			accepting_finish(f);
		else
			accepting_resume(f);
	}
	upkeep_end(f);
	return 1;
}
