/*
 * store: backends.cdb, as etd-backends(5) describes it, and the counter beside it.
 */
#ifndef STORE_H
#define STORE_H

#include <sys/stat.h>

#include "backends.h"
#include "reason.h"

/* Writes path.tmp, which one process at a time can, fsyncs it and renames it to path: a
   reader sees the old file or the new one. Returns 1 with what was written, or 0 with why
   and the old file as it was. */
int store_write(const char *path, const struct backends *, struct stat *written,
    char why[REASON_MAX]);

/* Whether the file is still what was written. A link to it is not. */
int store_is(const char *path, const struct stat *written);

/* Takes over what the file says of each backend. Where there is none, all stay as they are; so they do
   where it cannot be read or is damaged, and then this returns 0 with why. */
int store_read(const char *path, struct backends *, char why[REASON_MAX]);

/* Makes path.turn, the counter that etd-connect's round robin shares, unless it
   is there. Returns 1 or 0, as store_write. */
int store_turn(const char *path, char why[REASON_MAX]);

#endif
