/*
 * backends: all backends of a source. See backends.h.
 */
#include "backends.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *x, const void *y)
{
	struct backend *const *a = x, *const *b = y;

	return strcmp((*a)->record.name, (*b)->record.name);
}

int
backends_make(struct backends *backends, const struct source *source, int64_t now_ms)
{
	*backends = (struct backends){ 0 };
	backends->all = calloc(source->n, sizeof *backends->all);
	backends->by_name = calloc(source->n, sizeof *backends->by_name);
	if (backends->all == NULL || backends->by_name == NULL) {
		backends_free(backends);
		return 0;
	}
	backends->n = source->n;
	for (size_t i = 0; i < backends->n; i++) {
		const struct entry *e = &source->entries[i];

		backend_make(&backends->all[i], e,
		    e->options.inter_ms * (int64_t)(source->n - 1 - i) / (int64_t)source->n, now_ms);
		backends->by_name[i] = &backends->all[i];
	}
	qsort(backends->by_name, backends->n, sizeof *backends->by_name, compare);
	return 1;
}

void
backends_free(struct backends *backends)
{
	for (size_t i = 0; i < backends->n; i++)
		probe_end(&backends->all[i].probe);
	free(backends->all);
	free(backends->by_name);
	*backends = (struct backends){ 0 };
}

void
backends_replace(struct backends *old, struct backends *fresh, int64_t now_ms)
{
	for (size_t i = 0; i < fresh->n; i++) {
		struct backend *b = &fresh->all[i], *o = backends_find(old, b->record.name);

		if (o != NULL)
			backend_succeed(b, o, now_ms);
	}
	fresh->changes = old->changes + 1;
	backends_free(old);
	*old = *fresh;
	*fresh = (struct backends){ 0 };
}

static int
compare_name(const void *name, const void *backend)
{
	struct backend *const *b = backend;

	return strcmp(name, (*b)->record.name);
}

struct backend *
backends_find(const struct backends *backends, const char *name)
{
	struct backend **found = bsearch(name, backends->by_name, backends->n, sizeof *found,
	    compare_name);

	return found != NULL ? *found : NULL;
}

struct counts
backends_count(const struct backends *backends)
{
	struct counts counts = { 0 };

	for (size_t i = 0; i < backends->n; i++) {
		const struct backend *b = &backends->all[i];

		counts.up += b->health.state == STATE_UP;
		counts.unknown += b->health.state == STATE_UNKNOWN;
		if (b->health.state == STATE_UNKNOWN && b->begun_ms > counts.begun_ms)
			counts.begun_ms = b->begun_ms;
		counts.serving += b->health.state == STATE_UP && b->options.weight > 0;
		counts.possible += !b->options.disabled && b->record.address.len > 0;
	}
	return counts;
}
