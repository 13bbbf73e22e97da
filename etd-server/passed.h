/*
 * passed: the clients that have passed, by network, until when they are not held again. At most
 * PASSED_MAX of them, the oldest out first.
 *
 * They are in memory, and written to a file now and then by a process of its own: a cdb, "192.0.2.1" ->
 * unix seconds, the oldest first. Files of other servers are looked into besides.
 */
#ifndef PASSED_H
#define PASSED_H

#include <stdint.h>
#include <sys/types.h>

#include "reason.h"
#include "snapshot.h"
#include "table.h"

#ifndef PASSED_MAX
#define PASSED_MAX 200000
#endif
#ifndef PASSED_EVERY_MS
#define PASSED_EVERY_MS 60000
#endif
enum { PASSED_OTHERS = 8 };

/* Another server's file. */
struct passed_file {
	char *path;
	int there;
	struct snapshot file;
};

struct passed {
	char *path;		/* its own file; NULL: nothing is remembered */
	struct table table;
	int changed;		/* since it was written */
	pid_t writer;		/* while that is done; 0: none */
	int words;		/* the end of a pipe, from the writer: why it failed */
	struct passed_file others[PASSED_OTHERS];
	int n;			/* of them */
	int64_t looked_ms;	/* for newer ones */
};

/* paths are those of ETD_PASSED, its own file first, separated by spaces. Its own is read; one that is
   damaged is named in why, and nobody is remembered then. Returns 1, or 0 with why. */
int passed_open(struct passed *, const char *paths, char why[REASON_MAX]);

/* Whether it need not be held. */
int passed_has(struct passed *, const struct network *, int64_t now_ms);

/* It has passed, and is remembered for so many seconds. */
void passed_add(struct passed *, const struct network *, int64_t seconds);

/* It has not, whatever this file or another says. */
void passed_forget(struct passed *, const struct network *, int64_t now_ms);

/* Begins to write the file, if anything has changed: a child does it, since a disk may take its time.
   When the child has ended passed_written takes its status. Both return 1, or 0 with why. */
int passed_write(struct passed *, char why[REASON_MAX]);
int passed_written(struct passed *, int status, char why[REASON_MAX]);

/* Writes it at once, before the end. Returns 1, or 0 with why. */
int passed_end(struct passed *, char why[REASON_MAX]);

#endif
