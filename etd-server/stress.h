/*
 * stress: whether there are more clients than there should be: more than 90 % of those that can be
 * held, or some that wait for a program. It is over once neither has been so, and fewer than 70 %
 * have been held, for ten seconds.
 */
#ifndef STRESS_H
#define STRESS_H

#include "heap.h"

struct stress {
	struct due due;		/* when it may be over */
	int on;
};

/* After each round: says so in the log when it begins and ends. */
void stress_judge(struct stress *, struct heap *, int64_t now_ms, size_t held, size_t max,
    size_t programs, int someone_waits);

#endif
