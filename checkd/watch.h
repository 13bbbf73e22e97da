/*
 * watch: probes the backends, each at its interval, and keeps the file.
 */
#ifndef WATCH_H
#define WATCH_H

#include <poll.h>
#include <signal.h>

#include "source.h"

struct watch {
	const char *backends, *path;	/* the source, and the file for etd-connect */
	struct source source;
	struct pollfd *polled;		/* what is under way, and whose it is */
	struct backend **polled_backend;
	int64_t write_ms;		/* when the file is due */
	sigset_t unblocked;		/* the signals blocked while waiting */
	int64_t begin_ms;
	int64_t starved_ms;		/* when to say so again that descriptors run out */
	size_t first;			/* whose turn it is to get one */
	int once;			/* each is probed once */
	int turn_made;
	int write_failed, turn_failed, none_up;	/* said already */
};

/* Takes the backends in source, which has been read from the file backends. */
void watch_begin(struct watch *, const char *backends, const char *path);

/* Until a signal ends the process. The states in an older file are where it starts.
   HUP reads the source again, ALRM probes all now. */
_Noreturn void watch_run(struct watch *);

/* Probes each backend once and writes the file. Returns 1 if that went well and one is up. */
int watch_once(struct watch *);

#endif
