/*
 * keep: when backends.cdb is written: at each change, once a minute, and again if
 * that failed or another hand has changed the file. A long list takes its time: then as much time goes by
 * before a change makes it be written again, so that probes have at least half of it.
 */
#ifndef KEEP_H
#define KEEP_H

#include "store.h"

struct keep {
	const char *path;
	size_t changes;				/* of the backends, so far */
	int64_t write_ms, look_ms;		/* when the file is due; when it is looked at */
	int64_t rest_ms;			/* until then no change makes it due */
	int64_t late_ms;			/* since when it is due, but too soon; 0: it is not */
	struct stat written;			/* what was written */
	int64_t remind_ms;			/* when to say again that it was changed */
	int write_failed, turn_failed, none_up;	/* the log says so already */
};

/* The file is due a little later, or as soon as there is a change. */
void keep_begin(struct keep *, const char *path, int64_t now_ms);

/* When there is something to do, if no backend changes before. */
int64_t keep_due(const struct keep *);

/* Does what is due. Returns 1 if the file was written. */
int keep_run(struct keep *, const struct backends *, int64_t now_ms);

/* Writes the file. Returns 1, or 0 with why in the log. */
int keep_write(struct keep *, const struct backends *, int64_t now_ms);

#endif
