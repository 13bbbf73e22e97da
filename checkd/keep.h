/*
 * keep: when backends.cdb is written: at each change, once a minute, and again where
 * that failed or another hand has changed the file.
 */
#ifndef KEEP_H
#define KEEP_H

#include "store.h"

struct keep {
	const char *path;
	int64_t begin_ms, write_ms, look_ms;	/* the file is due; is looked at */
	struct stat written;			/* what was written */
	int64_t remind_ms;			/* when to say again that it was changed */
	int write_failed, turn_failed, none_up;	/* said already */
};

void keep_begin(struct keep *, const char *path);

/* The file is due now; or as soon as the first results of new backends are there. */
void keep_changed(struct keep *);
void keep_anew(struct keep *);

/* When there is something to do. */
int64_t keep_due(const struct keep *);

/* Does what is due. Returns 1 if the file was written. */
int keep_run(struct keep *, const struct source *);

/* Writes the file. Returns 1, or 0 with why in the log. */
int keep_write(struct keep *, const struct source *);

#endif
