/*
 * greeting: the wait for a backend's first bytes. See greeting.h.
 */
#include "greeting.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "clock.h"

/* A FIN alone, or a reset: nothing to read, nothing more to come. */
static int
client_is_gone(void)
{
	char c;
	ssize_t n = recv(0, &c, 1, MSG_PEEK | MSG_DONTWAIT);
	int bytes;

	if (n == -1 && errno == ENOTSOCK)	/* a pipe */
		return ioctl(0, FIONREAD, &bytes) == -1 || bytes == 0;
	return n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK);
}

enum greeting
greeting_wait(struct relay *r, int64_t timeout_ms)
{
	int64_t deadline_ms = clock_ms() + timeout_ms;
	struct pollfd fds[2] = {
		{ .fd = r->backend, .events = POLLIN },
		{ .fd = 0, .events = POLLIN }
	};
	ssize_t n;
	int ready;

	do
		ready = poll(fds, 2, clock_left(deadline_ms));
	while (ready == -1 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	if (ready <= 0)
		return GREETING_NONE;
	if (fds[0].revents == 0)
		return client_is_gone() ? GREETING_GONE : GREETING_READY;
	n = recv(r->backend, r->out.buffer, sizeof r->out.buffer, 0);
	if (n == 0)
		errno = 0;
	if (n <= 0)
		return GREETING_NONE;
	r->out.len = (size_t)n;
	return r->out.buffer[0] == '4' ? GREETING_LATER : GREETING_READY;
}
