/*
 * snapshot: a cdb file as it was when it was opened, whatever becomes of it afterwards. libcdb maps a
 * file, and one that was cut short later would kill this process.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <cdb.h>
#include <sys/stat.h>

struct snapshot {
	struct stat file;
	struct cdb cdb;
};

/* Returns 1, or 0 with errno: EPROTO for what is no cdb. */
int snapshot_open(struct snapshot *, const char *path);
void snapshot_close(struct snapshot *);

/* Whether that is still the file. */
int snapshot_is(const struct snapshot *, const struct stat *);

#endif
