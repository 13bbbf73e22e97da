/*
 * snapshot: a cdb file as it was when it was opened, whatever becomes of it afterwards. libcdb maps a
 * file, and one that was cut short later would kill this process.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <cdb.h>
#include <stdint.h>
#include <sys/stat.h>

struct snapshot {
	struct stat file;
	struct cdb cdb;
};

enum { SNAPSHOT_MAX = 256 * 1024 * 1024 };	/* bytes of a file: it is copied into memory */

/* Returns 1, or 0 with errno: EPROTO for what is no whole cdb, EFBIG for more than SNAPSHOT_MAX. It does
   not wait, whatever the path leads to. */
int snapshot_open(struct snapshot *, const char *path);
void snapshot_close(struct snapshot *);

/* The next record, to be read as after cdb_find; *at is 0 for the first. Returns 1, 0 behind the last one,
   or -1 where a length is damaged: cdb_seqnext would go round in circles there. */
int snapshot_next(struct snapshot *, unsigned *at);

/* The number that the record is which was found. Returns 1, or 0 where it is none, or not from least to
   most. */
int snapshot_number(const struct snapshot *, int64_t least, int64_t most, int64_t *number);

/* Whether that is still the file. */
int snapshot_is(const struct snapshot *, const struct stat *);

#endif
