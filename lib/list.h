/*
 * list: backends.cdb, which checkd writes (see listing.h) and all programs read with these functions:
 *
 *	version		"1"
 *	written		when, in unix seconds
 *	slots		how many records there are to pick from
 *	0, 1, ...	those: see record.h
 *	=NAME		how the backend stands: see standing.h
 *
 * A file is good if each record that is asked for exists and is as described here, in printable
 * ASCII. Where one is not, each reader gets the same reason. The file is read, not mapped: whoever
 * cuts a mapped file short kills its readers.
 */
#ifndef LIST_H
#define LIST_H

#include <stdint.h>

#include "reason.h"
#include "record.h"
#include "standing.h"

#define LIST_VERSION "1"
enum { LIST_SLOTS_MAX = 100000, LIST_KEY_MAX = RECORD_NAME_MAX + 2, LIST_VALUE_MAX = 2048 };

/* Its keys. list_key_slot and list_key_standing return key. */
#define LIST_KEY_VERSION "version"
#define LIST_KEY_WRITTEN "written"
#define LIST_KEY_SLOTS "slots"
const char *list_key_slot(char key[LIST_KEY_MAX], int64_t slot);
const char *list_key_standing(char key[LIST_KEY_MAX], const char *name);

struct list {
	int fd;			/* -1: not open */
	const char *path;
	int64_t slots;
};

/* Opens the file, which must be of this version. Returns 1, or 0 with why; errno is ENOENT where
   there is no such file. Call list_close in either case. */
int list_open(struct list *, const char *path, char why[REASON_MAX]);
void list_close(struct list *);

/* Return 1, or 0 with why. */
int list_written(const struct list *, int64_t *written, char why[REASON_MAX]);
int list_record(const struct list *, int64_t slot, struct record *, char why[REASON_MAX]);

/* The reason for a file in which that record is missing or bad. Returns 0. */
int list_damaged(const struct list *, const char *key, char why[REASON_MAX]);

enum listed { LISTED, LISTED_NOT, LISTED_DAMAGED };	/* the last one with why */

/* How the backend of that name stands. */
enum listed list_standing(const struct list *, const char *name, struct standing *,
    char why[REASON_MAX]);

/* The name of the next backend that has a standing, in the order of the source; *at is 0 for the
   first. */
enum listed list_next(const struct list *, uint32_t *at, char name[RECORD_NAME_MAX + 1],
    char why[REASON_MAX]);

#endif
