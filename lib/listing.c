/*
 * listing: writes backends.cdb. See listing.h.
 */
#include "listing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "list.h"

static void
fail(struct listing *l)
{
	if (l->failed == 0)
		l->failed = errno != 0 ? errno : EIO;
}

static void
add(struct listing *l, const char *key, const char *value, size_t len)
{
	if (l->failed == 0 &&
	    cdb_make_add(&l->cdb, key, (unsigned)strlen(key), value, (unsigned)len) == -1)
		fail(l);
}

static void
add_number(struct listing *l, const char *key, int64_t n)
{
	char value[24];

	add(l, key, value, (size_t)snprintf(value, sizeof value, "%lld", (long long)n));
}

void
listing_begin(struct listing *l, int fd, int64_t written, int64_t slots)
{
	l->failed = 0;
	if (cdb_make_start(&l->cdb, fd) == -1)
		fail(l);
	add(l, LIST_KEY_VERSION, LIST_VERSION, strlen(LIST_VERSION));
	add_number(l, LIST_KEY_WRITTEN, written);
	add_number(l, LIST_KEY_SLOTS, slots);
}

void
listing_record(struct listing *l, int64_t slot, const char *record, size_t len)
{
	char key[LIST_KEY_MAX];

	add(l, list_key_slot(key, slot), record, len);
}

void
listing_standing(struct listing *l, const char *name, const struct standing *s)
{
	struct logfmt line;	/* not cleared: that is 4 KiB a backend */
	char key[LIST_KEY_MAX];

	standing_format(&line, s);
	add(l, list_key_standing(key, name), line.line, line.len);
}

int
listing_end(struct listing *l)
{
	/* After a failure too: this is what frees the memory. */
	if (cdb_make_finish(&l->cdb) == -1)
		fail(l);
	errno = l->failed;
	return l->failed == 0;
}
