/*
 * dial: a connection to a backend. See dial.h.
 */
#include "dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "clock.h"

/* A server may start us with descriptor 2 closed: a backend there would get our log. */
static int
above_2(int fd)
{
	int high;

	if (fd == -1 || fd > 2)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return high;
}

/* Waits for the outcome of a connect under way. Returns 0 or an errno. */
static int
outcome(int fd, int64_t deadline_ms)
{
	struct pollfd out = { .fd = fd, .events = POLLOUT };
	int error, ready;
	socklen_t len = sizeof error;

	do
		ready = poll(&out, 1, clock_left(deadline_ms));
	while (ready == -1 && errno == EINTR);
	if (ready == 0)
		return ETIMEDOUT;
	if (ready == -1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

int
dial(const struct address *address, int64_t timeout_ms)
{
	int64_t deadline_ms = clock_ms() + timeout_ms;
	int error = 0, yes = 1;
	int fd = above_2(socket(address->any.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));

	if (fd == -1)
		return -1;
	if (connect(fd, &address->any, address->len) == -1)
		error = errno == EINPROGRESS ? outcome(fd, deadline_ms) : errno;
	if (error != 0) {
		close(fd);
		errno = error;
		return -1;
	}
	/* SMTP is short lines back and forth: none should wait for an ACK. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	return fd;
}
