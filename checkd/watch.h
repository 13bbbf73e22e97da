/*
 * watch: the daemon's loop: probes, the file, host names, nudges, signals.
 */
#ifndef WATCH_H
#define WATCH_H

#include "confine.h"
#include "fifo.h"
#include "keep.h"
#include "resolve.h"
#include "schedule.h"

struct watch {
	const char *source;		/* the file */
	struct backends backends;
	struct schedule schedule;
	struct keep keep;
	struct confine confine;
	struct fifo fifo;
	struct resolve resolve;
	int64_t now_ms;			/* as the clock was last read */
	int64_t promised_ms;		/* when it was to be read again at the latest */
	int64_t due_ms;			/* when the schedule has something to do */
	int64_t resolve_ms;		/* when resolve has something to do */
	int signals;			/* a signalfd(2) */
	struct epoll_event *events;	/* room for one of each descriptor */
};

/* Takes on the backends that were read from the file source; the list will be at path. Returns 1, or 0
   with why. */
int watch_begin(struct watch *, const char *source, const struct source *, const char *path,
    char why[REASON_MAX]);

/* Makes HUP and ALRM, which would end the process, wait for watch_run. To be called first: a long source
   or list takes its time to read. */
void watch_hold_signals(void);

/* Goes on until a signal ends the process: HUP reads the source again, ALRM probes all now. The
   states in an older file at path are where it starts. Returns where it cannot go on, with why. */
void watch_run(struct watch *, char why[REASON_MAX]);

/* Probes each backend once and writes the list. Returns 1 if that went well and one is up;
   otherwise 0, with why, which is empty where the log says it already. */
int watch_once(struct watch *, char why[REASON_MAX]);

#endif
