/*
 * backends: all backends of a source: made, found by name, counted, and replaced after a HUP.
 */
#ifndef BACKENDS_H
#define BACKENDS_H

#include <stddef.h>
#include <stdint.h>

#include "backend.h"
#include "source.h"

struct backends {
	struct backend *all;		/* in the source's order */
	size_t n;
	struct backend **by_name;	/* sorted */
	size_t changes;			/* how many there were for which the list must be written */
};

/* Makes the backends of a source, without a result. Their first probes are due now, the next ones are
   spread over the interval. Returns 1, or 0 if memory runs out. */
int backends_make(struct backends *, const struct source *, int64_t now_ms);

/* Ends the probes under way, and gives the memory back. */
void backends_free(struct backends *);

/* Frees what is there and puts fresh in its place. A backend of the same name goes on as
   backend_succeed says. */
void backends_replace(struct backends *, struct backends *fresh, int64_t now_ms);

/* Returns NULL for none. */
struct backend *backends_find(const struct backends *, const char *name);

struct counts {
	size_t up, unknown;
	size_t serving;		/* up, with a weight: clients are sent there */
	size_t possible;	/* not disabled, with an address: clients could be, if none serves */
	int64_t begun_ms;	/* the last one's of those that are unknown */
};
struct counts backends_count(const struct backends *);

#endif
