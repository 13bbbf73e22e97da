/*
 * beside: the files beside backends.cdb, named after it:
 *
 *	backends.cdb.tmp	the next list, while checkd writes it
 *	backends.cdb.turn	the counter of etd-connect's round robin: BESIDE_TURN_SIZE bytes
 *	backends.cdb.nudge	the FIFO on which etd-connect names a backend to checkd
 *
 * Someone who can write to the directory may have put something else there. So whoever opens one
 * does it with O_NOFOLLOW and O_NONBLOCK, and then checks what it is.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <limits.h>
#include <sys/types.h>

#include "reason.h"

enum beside { BESIDE_TMP, BESIDE_TURN, BESIDE_NUDGE };

enum { BESIDE_TURN_SIZE = 8 };	/* one 64-bit number, which starts at 0 */

/* The file's name. Returns 1, or 0 with errno where that is too long: cut off, it could be
   another file's. */
int beside_name(char name[PATH_MAX], const char *path, enum beside);

/* Opens one for reading and writing, and creates a regular file that does not exist. mode is
   S_IFIFO, or S_IFREG with the permissions of a new file. Returns the descriptor, or -1 with why,
   also for a file that is of another type, belongs to another account, or has a second name. */
int beside_open(const char *name, mode_t mode, char why[REASON_MAX]);

#endif
