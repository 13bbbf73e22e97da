/*
 * slots: which backends etd-connect picks from, and in what order. See slots.h.
 */
#include "slots.h"

#include <stdlib.h>

#include "list.h"

/* The k-th of a backend's w slots belongs at (2k + 1) / 2w of the way. */
struct slot {
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
	return b->health.state == STATE_UP && o->backup == (tier == BACKUP) ? o->weight : 0;
}

static int64_t
common_divisor(int64_t a, int64_t b)
{
	return b == 0 ? a : common_divisor(b, a % b);
}

static int
compare(const void *x, const void *y)
{
	const struct slot *a = x, *b = y;
	int64_t left = (2 * a->k + 1) * b->w, right = (2 * b->k + 1) * a->w;

	if (left != right)
		return left < right ? -1 : 1;
	return a->backend < b->backend ? -1 : a->backend > b->backend;
}

/* Of all weights of a tier. */
struct weights {
	int64_t sum, divisor;
};

static struct weights
measure(const struct backends *backends, enum tier tier)
{
	struct weights all = { 0, 0 };

	for (size_t i = 0; i < backends->n; i++) {
		int64_t w = weight(&backends->all[i], tier);

		all.divisor = common_divisor(all.divisor, w);
		all.sum += w;
	}
	return all;
}

/* How many slots a weight gets: scaled down where the list would be too long, but at least one. */
static int64_t
share(int64_t w, const struct weights *all)
{
	if (w == 0 || all->sum / all->divisor <= LIST_SLOTS_MAX / 2)
		return w == 0 ? 0 : w / all->divisor;
	w = w * (LIST_SLOTS_MAX / 2) / all->sum;
	return w > 0 ? w : 1;
}

static size_t
count(const struct backends *backends, enum tier tier, const struct weights *all)
{
	int64_t n = 0;

	for (size_t i = 0; i < backends->n; i++)
		n += share(weight(&backends->all[i], tier), all);
	return n > LIST_SLOTS_MAX ? LIST_SLOTS_MAX : (size_t)n;
}

int
slots_make(struct slots *slots, const struct backends *backends)
{
	enum tier tier = backends_count(backends).serving > 0 ? ACTIVE : ANY;
	struct weights all = measure(backends, tier);
	struct slot *sorted;
	size_t n = 0;

	if (all.sum == 0 && tier == ACTIVE)
		all = measure(backends, tier = BACKUP);
	slots->n = count(backends, tier, &all);
	slots->backend = calloc(slots->n + 1, sizeof *slots->backend);
	sorted = calloc(slots->n + 1, sizeof *sorted);
	if (slots->backend == NULL || sorted == NULL) {
		free(sorted);
		slots_free(slots);
		return 0;
	}
	for (size_t i = 0; i < backends->n; i++) {
		int64_t w = share(weight(&backends->all[i], tier), &all);

		for (int64_t k = 0; k < w && n < slots->n; k++)
			sorted[n++] = (struct slot){ k, w, i };
	}
	qsort(sorted, n, sizeof *sorted, compare);
	for (size_t i = 0; i < n; i++)
		slots->backend[i] = &backends->all[sorted[i].backend];
	free(sorted);
	return 1;
}

void
slots_free(struct slots *slots)
{
	free(slots->backend);
	slots->backend = NULL;
}
