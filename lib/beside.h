/*
 * beside: the files beside backends.cdb, named after it:
 *
 *	backends.cdb.tmp	the next list, while checkd writes it
 *	backends.cdb.turn	the counter of etd-connect's round robin: BESIDE_TURN_SIZE bytes
 *	backends.cdb.nudge	the FIFO on which etd-connect names a backend to checkd
 *
 * Someone who can write to the directory may have put something else there, so open them with
 * O_NOFOLLOW and O_NONBLOCK, and then look what was opened.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <limits.h>
#include <sys/types.h>

enum beside { BESIDE_TMP, BESIDE_TURN, BESIDE_NUDGE };

enum { BESIDE_TURN_SIZE = 8 };	/* one 64-bit number, which starts at 0 */

/* The file's name. Returns 1, or 0 with errno where that is too long: cut off, it could be
   another file's. */
int beside_name(char name[PATH_MAX], const char *path, enum beside);

/* Returns NULL where fd is a file of that type (S_IFREG, S_IFIFO) which belongs to this account
   and has no other name: it may be changed. Otherwise what is wrong with it, in words. */
const char *beside_wrong(int fd, mode_t type);

#endif
