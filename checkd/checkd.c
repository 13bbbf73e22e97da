/*
 * checkd: probe the backends with HELO and keep the list of those that are up in
 * a cdb for etd-connect; see checkd(8).
 *
 * Descriptor 2 is the log. Exits 100 for bad usage or a bad source, 111 for
 * what may be well later; otherwise runs until a signal ends it.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "source.h"
#include "store.h"

enum {
	HEARTBEAT_MS = 60000,	/* readers take an older file for a dead checkd */
	RETRY_MS = 1000		/* after a write that failed, a probe that could not begin */
};

struct checkd {
	const char *path;		/* backends.cdb */
	struct source source;
	struct pollfd *polled;
	struct backend **polled_backend;
	int64_t write_ms;		/* when the file is due */
	int write_failed, starved, none_up;	/* said already */
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

	if (health_in_transition(&b->health) && o->fastinter_ms > 0)
		return o->fastinter_ms;
	if (b->health.state == DOWN && !health_in_transition(&b->health) && o->downinter_ms > 0)
		return o->downinter_ms;
	return o->inter_ms;
}

/* A probe's result. Its time counts from its start, whatever it took; what is late is
   not caught up with. */
static void
take(struct checkd *d, struct backend *b, enum probe_result result)
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
		d->write_ms = now;
	} else if (result == PROBE_FAIL)
		report(LOG_ALL, "fail", b);
}

static void
start(struct checkd *d, struct backend *b, int64_t now)
{
	enum probe_result result;

	result = probe_start(&b->probe, &b->record.address, b->options.helo,
	    b->options.timeout_ms);
	if (result == PROBE_NONE && b->probe.fd == -1) {
		if (!d->starved)
			log_warning("unable to start a probe: %m");
		d->starved = 1;
		b->next_ms = now + RETRY_MS;
		return;
	}
	d->starved = 0;
	/* When it was due: so the probes of many backends stay as far apart as they were. */
	b->start_ms = now - b->next_ms < b->options.inter_ms ? b->next_ms : now;
	take(d, b, result);
}

static void
write_file(struct checkd *d)
{
	char reason[STORE_REASON];
	size_t up = source_count(&d->source, UP);

	/* Before the first results there is nothing to say. */
	if (up == 0 && source_count(&d->source, UNKNOWN) > 0) {
		d->write_ms = clock_ms() + RETRY_MS;
		return;
	}
	if (store_write(d->path, &d->source, reason)) {
		d->write_failed = 0;
		d->write_ms = clock_ms() + HEARTBEAT_MS;
	} else {
		if (!d->write_failed)
			log_warning("%s", reason);
		d->write_failed = 1;
		d->write_ms = clock_ms() + RETRY_MS;
	}
	if (up == 0 && !d->none_up)
		log_warning("none up: %s lists all", d->path);
	d->none_up = up == 0;
}

/* Starts what is due and gathers what is under way. Returns how many, and in *wake_ms
   when the next thing is due. */
static nfds_t
gather(struct checkd *d, int64_t *wake_ms)
{
	int64_t now = clock_ms();
	nfds_t n = 0;

	for (size_t i = 0; i < d->source.n; i++) {
		struct backend *b = &d->source.backends[i];

		if (b->options.disabled || b->options.no_check)
			continue;
		if (b->probe.fd == -1 && b->next_ms <= now)
			start(d, b, now);
		if (b->probe.fd == -1) {
			if (b->next_ms < *wake_ms)
				*wake_ms = b->next_ms;
			continue;
		}
		if (b->probe.deadline_ms < *wake_ms)
			*wake_ms = b->probe.deadline_ms;
		d->polled[n].fd = b->probe.fd;
		d->polled[n].events = probe_events(&b->probe);
		d->polled_backend[n++] = b;
	}
	return n;
}

static void
run(struct checkd *d)
{
	for (;;) {
		int64_t wake_ms = d->write_ms, now;
		nfds_t n = gather(d, &wake_ms);

		if (d->write_ms < wake_ms)	/* gather may have made it due */
			wake_ms = d->write_ms;
		if (poll(d->polled, n, clock_left(wake_ms)) == -1) {
			if (errno != EINTR)
				log_fatal(111, "unable to poll: %m");
			continue;
		}
		now = clock_ms();
		for (nfds_t i = 0; i < n; i++) {
			struct backend *b = d->polled_backend[i];

			if (d->polled[i].revents != 0)
				take(d, b, probe_run(&b->probe, 0));
			else if (b->probe.deadline_ms <= now)
				take(d, b, probe_run(&b->probe, 1));
		}
		if (d->write_ms <= now)
			write_file(d);
	}
}

/* The first round is now; those after it are spread over the interval. */
static void
plan(struct checkd *d)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < d->source.n; i++) {
		struct backend *b = &d->source.backends[i];

		b->next_ms = now - b->options.inter_ms * (int64_t)i / (int64_t)d->source.n;
	}
	d->write_ms = now + RETRY_MS;
}

static void
prepare(struct checkd *d)
{
	struct rlimit files;
	char reason[STORE_REASON];

	/* One descriptor for each probe under way. */
	if (getrlimit(RLIMIT_NOFILE, &files) != -1) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	d->polled = calloc(d->source.n, sizeof *d->polled);
	d->polled_backend = calloc(d->source.n, sizeof *d->polled_backend);
	if (d->polled == NULL || d->polled_backend == NULL)
		log_fatal(111, "out of memory");
	if (!store_turn(d->path, reason))
		log_warning("%s", reason);
	for (size_t i = 0; i < d->source.n; i++) {
		struct backend *b = &d->source.backends[i];

		if (b->options.disabled)
			b->health.state = DISABLED;
		else if (b->options.no_check)
			b->health.state = UP;
		b->since = time(NULL);
	}
	store_read(d->path, &d->source);
}

static _Noreturn void
usage(void)
{
	log_usage("[ -qQv ] backends backends.cdb");
	exit(100);
}

int
main(int argc, char **argv)
{
	struct checkd d = { 0 };
	int option;

	log_program = "checkd";
	opterr = 0;
	while ((option = getopt(argc, argv, "+qQv")) != -1)
		if (!log_option(option))
			usage();
	if (argc - optind != 2)
		usage();
	d.path = argv[optind + 1];
	if (strlen(d.path) > PATH_MAX - 8)
		log_fatal(100, "%s: path too long", d.path);
	if (!source_read(&d.source, argv[optind]))
		return 100;
	prepare(&d);
	plan(&d);
	run(&d);
}
