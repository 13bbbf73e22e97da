/*
 * clock: milliseconds of the monotonic clock, for every timer. Steps of the wall
 * clock do not touch it.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);

/* What is left until then_ms as poll's timeout: 0 when it has passed. */
int clock_left(int64_t then_ms);

#endif
