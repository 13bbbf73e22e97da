/*
 * slots: which backends etd-connect picks from, and in what order. See slots.h.
 */
#include "slots.h"

#include <stdlib.h>

/* The k-th of a backend's w slots belongs at (2k + 1) / 2w of the way. */
struct place {
	int64_t k, w;
	size_t backend;
};

enum tier { ACTIVE, BACKUP, ANY };

static int64_t
weight(const struct backend *b, enum tier tier)
{
	const struct options *o = &b->options;

	if (b->record.address.len == 0)
		return 0;
	if (tier == ANY)
		return o->disabled ? 0 : o->weight > 0 ? o->weight : 1;
	return b->health.state == UP && o->backup == (tier == BACKUP) ? o->weight : 0;
}

static int64_t
common_divisor(int64_t a, int64_t b)
{
	return b == 0 ? a : common_divisor(b, a % b);
}

static int
compare(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	int64_t left = (2 * a->k + 1) * b->w, right = (2 * b->k + 1) * a->w;

	if (left != right)
		return left < right ? -1 : 1;
	return a->backend < b->backend ? -1 : a->backend > b->backend;
}

/* How many slots the tier has, and the divisor of its weights. */
static size_t
measure(const struct source *source, enum tier tier, int64_t *divisor)
{
	int64_t sum = 0;

	*divisor = 0;
	for (size_t i = 0; i < source->n; i++) {
		int64_t w = weight(&source->backends[i], tier);

		*divisor = common_divisor(*divisor, w);
		sum += w;
	}
	return sum == 0 ? 0 : (size_t)(sum / *divisor);
}

int
slots_make(struct slots *slots, const struct source *source)
{
	enum tier tier = source_count(source, UP) > 0 ? ACTIVE : ANY;
	struct place *places;
	int64_t divisor;
	size_t n = measure(source, tier, &divisor);

	if (n == 0 && tier == ACTIVE)
		n = measure(source, tier = BACKUP, &divisor);
	slots->n = n;
	slots->backend = calloc(n + 1, sizeof *slots->backend);
	places = calloc(n + 1, sizeof *places);
	if (slots->backend == NULL || places == NULL) {
		free(places);
		slots_free(slots);
		return 0;
	}
	n = 0;
	for (size_t i = 0; slots->n > 0 && i < source->n; i++) {
		int64_t w = weight(&source->backends[i], tier) / divisor;

		for (int64_t k = 0; k < w; k++)
			places[n++] = (struct place){ k, w, i };
	}
	qsort(places, n, sizeof *places, compare);
	for (size_t i = 0; i < n; i++)
		slots->backend[i] = &source->backends[places[i].backend];
	free(places);
	return 1;
}

void
slots_free(struct slots *slots)
{
	free(slots->backend);
	slots->backend = NULL;
}
