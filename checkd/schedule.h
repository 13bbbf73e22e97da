/*
 * schedule: the probes of all backends, side by side: when each begins, goes on and must end.
 *
 * The caller waits for the events of prober.epoll. What one costs does not grow with the number of
 * backends.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "backends.h"
#include "heap.h"
#include "prober.h"

struct schedule {
	struct prober prober;
	struct backends *backends;
	struct heap starts, ends;	/* probes to come; probes under way, which must end by then */
	int64_t starved_ms;		/* when to say again that descriptors run out */
	int once;			/* each backend is probed once */
};

/* Makes room for so many backends. Returns 1, or 0 where memory runs out. */
int schedule_room(struct schedule *, size_t n);

/* Begins anew with these, and with the probes that are under way. There must be room for them. */
void schedule_take_on(struct schedule *, struct backends *);

/* To be called for a backend whose address or next_ms has changed. */
void schedule_update(struct schedule *, struct backend *);

/* Makes all due now. */
void schedule_hurry(struct schedule *, int64_t now_ms);

/* Starts what is due and ends what has had its time. Returns when the next is due, INT64_MAX if
   nothing will be. */
int64_t schedule_run(struct schedule *, int64_t now_ms);

/* Goes on with the probe that an event points to. */
void schedule_go_on(struct schedule *, struct probe *, int64_t now_ms);

/* Gives the probes under way so much more time. */
void schedule_extend(struct schedule *, int64_t ms);

#endif
