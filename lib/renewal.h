/*
 * renewal: how a file that others read is replaced: the new one is written as PATH.tmp, locked against
 * others who may be writing it, and then renamed. So a reader sees the old file or the new one.
 */
#ifndef RENEWAL_H
#define RENEWAL_H

#include <limits.h>
#include <sys/stat.h>

#include "reason.h"

struct renewal {
	const char *path;
	char tmp[PATH_MAX];
	int fd;			/* empty at first, and open for reading and writing */
};

/* Whether the file is not a symbolic link. The rename would put the file in the place of the link, and
   whoever reads what it points to would read an old file for ever; to follow it would let whoever can make a
   link here choose where this process writes. Returns 1, or 0 with why. */
int renewal_suits(const char *path, char why[REASON_MAX]);

/* Returns 1, or 0 with why. A link that has not been ruled out by renewal_suits is replaced. */
int renewal_begin(struct renewal *, const char *path, char why[REASON_MAX]);

/* Puts the file in place, and sets *written to its status. A caller that wants it on the disk first
   has called fsync(2). Where that fails the old one stays. Returns 1, or 0 with why. */
int renewal_end(struct renewal *, struct stat *written, char why[REASON_MAX]);

/* For a caller that could not write it: errno says why, and the old one stays. Returns 0 with why. */
int renewal_fail(struct renewal *, char why[REASON_MAX]);

#endif
