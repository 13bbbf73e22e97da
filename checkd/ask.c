/*
 * ask: what checkd -c asks the backends themselves. See ask.h.
 */
#include "ask.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "event.h"
#include "log.h"
#include "probe.h"

enum {
	ASK_MS = 3000,	/* for all together; whoever runs -c waits */
	EVENTS = 64
};

struct asking {
	const struct source *source;
	struct probe *probes;	/* one for each entry */
	size_t next;		/* the first entry that has none yet */
	struct prober prober;
};

/* Returns 0 if this host has no socket for it now. */
static int
start(struct asking *a, const struct entry *e, struct probe *p)
{
	p->fd = -1;
	if (e->options.disabled || e->options.no_check || e->record.address.len == 0)
		return 1;
	return probe_start(p, &a->prober, &e->record, e->options.helo, 1, ASK_MS) == PROBE_FAIL ||
	    p->fd != -1;
}

/* Where descriptors run out, others begin as soon as some have ended. */
static void
start_more(struct asking *a)
{
	while (a->next < a->source->n &&
	    start(a, &a->source->entries[a->next], &a->probes[a->next]))
		a->next++;
}

static void
run(struct asking *a)
{
	struct epoll_event events[EVENTS];
	int64_t now_ms = clock_ms(), end_ms = now_ms + ASK_MS;
	int n = 0;

	for (start_more(a); a->prober.sockets > 0 && now_ms < end_ms && (n != -1 || errno == EINTR);
	    start_more(a), now_ms = clock_ms()) {
		n = epoll_wait(a->prober.epoll, events, EVENTS, clock_between(now_ms, end_ms));
		for (int i = 0; i < n; i++)
			probe_run(events[i].data.ptr, 0);
	}
}

void
ask(const struct source *source)
{
	struct asking a = { .source = source, .probes = calloc(source->n, sizeof *a.probes) };
	char why[REASON_MAX];

	if (a.probes == NULL || !prober_open(&a.prober, why)) {
		log_warning("%s: backends are not asked", a.probes == NULL ? "out of memory" : why);
		free(a.probes);
		return;
	}
	run(&a);
	for (size_t i = 0; i < a.next; i++) {
		if (a.probes[i].pipeconnect == PROBE_YES)
			event_pipeconnect(source->entries[i].record.name, 1);
		probe_end(&a.probes[i]);
	}
	close(a.prober.epoll);
	free(a.probes);
}
