/*
 * heap: which of many moments comes first. See heap.h.
 */
#include "heap.h"

#include <stdlib.h>

int
heap_room(struct heap *h, size_t n)
{
	struct due **dues;

	if (n <= h->room)
		return 1;
	dues = realloc(h->dues, (n + 1) * sizeof *dues);
	if (dues == NULL)
		return 0;
	h->dues = dues;
	h->room = n;
	return 1;
}

static void
put(struct heap *h, size_t place, struct due *d)
{
	h->dues[place] = d;
	d->place = place;
}

/* From a free place to where it belongs, first up, then down. */
static void
settle(struct heap *h, size_t place, struct due *d)
{
	size_t below;

	for (; place > 1 && h->dues[place / 2]->at_ms > d->at_ms; place /= 2)
		put(h, place, h->dues[place / 2]);
	while ((below = place * 2) <= h->n) {
		if (below < h->n && h->dues[below + 1]->at_ms < h->dues[below]->at_ms)
			below++;
		if (h->dues[below]->at_ms >= d->at_ms)
			break;
		put(h, place, h->dues[below]);
		place = below;
	}
	put(h, place, d);
}

void
heap_set(struct heap *h, struct due *d, int64_t at_ms)
{
	d->at_ms = at_ms;
	settle(h, d->place > 0 ? d->place : ++h->n, d);
}

void
heap_remove(struct heap *h, struct due *d)
{
	struct due *last;

	if (d->place == 0)
		return;
	last = h->dues[h->n--];
	if (last != d)
		settle(h, d->place, last);
	d->place = 0;
}

struct due *
heap_first(const struct heap *h)
{
	return h->n > 0 ? h->dues[1] : NULL;
}

void
heap_clear(struct heap *h)
{
	h->n = 0;
}
