/*
 * watch: the daemon's loop: probes, the file, host names, nudges, signals.
 */
#ifndef WATCH_H
#define WATCH_H

#include <signal.h>

#include "fifo.h"
#include "keep.h"
#include "resolve.h"
#include "round.h"

struct watch {
	const char *backends;		/* the source's file */
	struct source source;
	struct round round;
	struct keep keep;
	struct fifo fifo;
	struct resolve resolve;
	int64_t resolve_ms;		/* when to ask again for hosts that do not resolve */
	sigset_t unblocked;		/* the signals blocked while not waiting */
};

/* With the backends in source, which has been read from the file backends: until a signal
   ends the process. The states in an older file at path are where it starts. HUP reads the
   source again, ALRM probes all now. */
_Noreturn void watch_run(struct watch *, const char *path);

/* Probes each backend once and writes the file. Returns 1 if that went well and one is up. */
int watch_once(struct watch *, const char *path);

#endif
