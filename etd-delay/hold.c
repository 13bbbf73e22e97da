/*
 * hold: the wait in which a client must be silent. See hold.h.
 */
#include "hold.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "client.h"
#include "clock.h"

void
hold_wait(struct hold *hold, int64_t delay_ms)
{
	/* POLLPRI: an urgent byte is talk too, though FIONREAD stops before it. */
	struct pollfd in = { .fd = 0, .events = POLLIN | POLLPRI };
	int64_t start = clock_ms();
	int ready;

	hold->bytes = 0;
	do
		ready = poll(&in, 1, clock_left(start + delay_ms));
	while (ready == -1 && errno == EINTR);
	hold->waited_ms = clock_ms() - start;

	if (ready == 0) {
		hold->verdict = PASS;
		return;
	}
	if (ready == 1 && in.revents & POLLNVAL) {
		errno = EBADF;
		ready = -1;
	}
	/* Counts what waits to be read on sockets and pipes alike, a FIN not, and
	   is 0 after a reset. */
	if (ready == -1 || ioctl(0, FIONREAD, &hold->bytes) == -1)
		client_giveup(111, "unable to watch descriptor 0: %m");
	hold->verdict = hold->bytes > 0 || in.revents & POLLPRI ? EARLY : HANGUP;
}
