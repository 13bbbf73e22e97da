/*
 * round: the probes of all backends, side by side, each when it is due.
 *
 * The caller polls polled[0 .. n-1]; the first ROUND_SPARE of them are its own to use.
 */
#ifndef ROUND_H
#define ROUND_H

#include <poll.h>

#include "source.h"

enum { ROUND_SPARE = 2 };

struct round {
	struct source *source;
	int64_t *due_ms;	/* for each backend: when its next probe begins, or when the one
				   under way must end */
	int64_t wake_ms;	/* none of those comes before */
	int64_t promised_ms;	/* when the last poll was to return at the latest: set by the caller */
	struct pollfd *polled;
	struct backend **whose;	/* polled[i] is its probe */
	size_t n;
	size_t room;		/* how many probes may be under way at once */
	size_t first;		/* whose turn it is to get a descriptor */
	int64_t starved_ms;	/* when to say so again that those run out */
	int once;		/* each backend is probed once */
	int changed;		/* a backend's state has; the caller takes that back */
};

/* Takes these backends on, with the probes that are under way. */
void round_take_on(struct round *, struct source *);

/* For a backend whose address or time has changed; for all whose times have. */
void round_update(struct round *, struct backend *);
void round_reschedule(struct round *);

/* Starts what is due and ends what has had its time. Returns when the next is due,
   INT64_MAX if nothing will be. */
int64_t round_start(struct round *);

/* After the poll: goes on with the probes whose backends spoke. */
void round_go_on(struct round *);

#endif
