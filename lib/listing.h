/*
 * listing: writes what lib/list.h reads.
 */
#ifndef LISTING_H
#define LISTING_H

#include <cdb.h>
#include <stddef.h>
#include <stdint.h>

#include "standing.h"

struct listing {
	struct cdb_make cdb;
	int failed;	/* errno of the first failure, for listing_end */
};

/* Begins a list of so many slots, in an empty file that is open for reading and writing. The caller
   then adds the record of each slot, from 0 on, as record_format wrote it, and the standing of each
   backend, in the order of the source. */
void listing_begin(struct listing *, int fd, int64_t written, int64_t slots);
void listing_record(struct listing *, int64_t slot, const char *record, size_t len);
void listing_standing(struct listing *, const char *name, const struct standing *);

/* Ends the list and frees its memory. Returns 1, or 0 with errno where something failed. */
int listing_end(struct listing *);

#endif
