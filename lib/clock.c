/*
 * clock: milliseconds of the monotonic clock. See clock.h.
 */
#include "clock.h"

#include <limits.h>
#include <time.h>

int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
clock_left(int64_t then_ms)
{
	int64_t left = then_ms - clock_ms();

	return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}
