/*
 * clock: milliseconds of the monotonic clock, for every timer. Steps of the wall
 * clock do not touch it. A deadline is a moment on it.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <poll.h>
#include <stdint.h>

int64_t clock_ms(void);

/* How long it is until then_ms, from now_ms or from this moment, as a timeout for poll(2): 0 once
   it has passed. */
int clock_between(int64_t now_ms, int64_t then_ms);
int clock_left(int64_t then_ms);

/* poll(2) until then_ms, whatever signals come in meanwhile. Returns what poll does. */
int clock_poll(struct pollfd *fds, nfds_t n, int64_t then_ms);

#endif
