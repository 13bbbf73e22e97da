/*
 * slots: which backends etd-connect picks from, and in what order.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "backends.h"

struct slots {
	const struct backend **backend;
	size_t n;
};

/*
 * Those that are up, without the backups; if there are none, the backups that are up;
 * and if there are none either, every backend that is not disabled. A backend with weight 0
 * counts in the last case alone. A backend has as many slots as its weight says (all divided
 * by their common divisor), spread out evenly.
 * Returns 1, or 0 where memory ran out. slots_free gives it back.
 */
int slots_make(struct slots *, const struct backends *);
void slots_free(struct slots *);

#endif
