/*
 * store: backends.cdb, as etd-backends(5) describes it, and the counter beside it.
 */
#ifndef STORE_H
#define STORE_H

#include <limits.h>

#include "source.h"

enum { STORE_REASON = PATH_MAX + 128 };

/* Writes path.tmp, fsyncs it and renames it to path: a reader sees the old file or
   the new one. Returns 1, or 0 with the old file as it was and why in reason. */
int store_write(const char *path, const struct source *, char reason[STORE_REASON]);

/* Takes each backend's state from the file that is there, if its address is the same
   there. No file, or one that cannot be read, leaves all as they are. */
void store_read(const char *path, struct source *);

/* Makes path.turn, the counter that etd-connect's round robin shares, unless it
   is there. Returns 1 or 0, as store_write. */
int store_turn(const char *path, char reason[STORE_REASON]);

#endif
