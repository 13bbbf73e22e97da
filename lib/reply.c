/*
 * reply: the last words to a client. See reply.h.
 */
#include "reply.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "sigpipe.h"

enum { DRAIN_MS = 2000, DRAIN_BYTES = 1 << 20 };

void
reply_send(int fd, const char *lines, size_t len)
{
	if (send(fd, lines, len, MSG_NOSIGNAL) == -1 && errno == ENOTSOCK)
		(void)!sigpipe_write(fd, lines, len);
}

void
drain_begin(struct drain *d, int in, int out)
{
	if (shutdown(out, SHUT_WR) == -1 && errno == ENOTSOCK)
		close(out);
	d->fd = in;
	d->end_ms = clock_ms() + DRAIN_MS;
	d->left = DRAIN_BYTES;
}

int
drain_read(struct drain *d)
{
	char dropped[16384];
	ssize_t n = read(d->fd, dropped, sizeof dropped);

	if (n == -1)
		return errno == EINTR || errno == EAGAIN;
	if (n == 0 || (size_t)n >= d->left)
		return 0;
	d->left -= (size_t)n;
	return 1;
}

void
reply_close(int in, int out)
{
	struct drain d;
	struct pollfd fds = { .fd = in, .events = POLLIN };

	drain_begin(&d, in, out);
	while (clock_poll(&fds, 1, d.end_ms) == 1 && drain_read(&d))
		;
}
