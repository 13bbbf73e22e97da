/*
 * saved: a file of clients that have passed: a cdb, "192.0.2.1" -> until when it is not held, in unix
 * seconds, the oldest first, and "version" -> 1.
 */
#ifndef SAVED_H
#define SAVED_H

#include <stdint.h>

#include "reason.h"
#include "snapshot.h"
#include "table.h"

/* A client in memory. */
struct past {
	struct entry entry;
	int64_t until_ms;	/* on the clock of clock.h */
	int forgotten;		/* until then it has not passed, whatever other files say */
};

/* Takes each client of the file whose time is not over; without a file, there are none. Returns 1, or 0 with
   why if the file is damaged, after those that could be read. */
typedef void saved_take(void *arg, const struct network *, int64_t until_s);
int saved_read(const char *path, saved_take *, void *arg, char why[REASON_MAX]);

/* Until when it is not held; 0: the file does not have it. */
int64_t saved_until(struct snapshot *, const struct network *);

/* Writes those in the table, of struct past, that have passed and whose time is not over. Waits for the
   disk. Returns 1, or 0 with why. */
int saved_write(const char *path, const struct table *, char why[REASON_MAX]);

#endif
