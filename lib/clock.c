/*
 * clock: milliseconds of the monotonic clock. See clock.h.
 */
#include "clock.h"

#include <errno.h>
#include <limits.h>
#include <time.h>
#if defined CLOCK_SYSCALL && defined __LP64__
#include <sys/syscall.h>
#include <unistd.h>
#endif

int64_t
clock_ms(void)
{
	struct timespec t;

	/* In etd-delay not through the vDSO: to touch its page takes a process that maps nothing else
	   there three pages of page tables, for as long as the client is held. etd-connect has them
	   already, for the round robin's counter. */
#if defined CLOCK_SYSCALL && defined __LP64__
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
#else
	clock_gettime(CLOCK_MONOTONIC, &t);
#endif
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
clock_between(int64_t now_ms, int64_t then_ms)
{
	int64_t left = then_ms - now_ms;

	return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int
clock_left(int64_t then_ms)
{
	return clock_between(clock_ms(), then_ms);
}

int
clock_poll(struct pollfd *fds, nfds_t n, int64_t then_ms)
{
	int ready;

	do
		ready = poll(fds, n, clock_left(then_ms));
	while (ready == -1 && errno == EINTR);
	return ready;
}
