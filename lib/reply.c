/*
 * reply: words of ours to a client. See reply.h.
 */
#include "reply.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "sigpipe.h"

const char reply_later[] = "421 4.3.0 Service not available, try again later\r\n";

static void
put(int fd, const char *lines, size_t len, int more)
{
	if (send(fd, lines, len, MSG_NOSIGNAL | MSG_DONTWAIT | more) == -1 && errno == ENOTSOCK)
		(void)!sigpipe_write(fd, lines, len);
}

void
reply_send(int fd, const char *lines, size_t len)
{
	put(fd, lines, len, 0);
}

void
reply_last(int fd, const char *lines, size_t len)
{
	put(fd, lines, len, MSG_MORE);
}

void
reply_end(int fd)
{
	if (shutdown(fd, SHUT_WR) == -1 && errno == ENOTSOCK)
		close(fd);
}

int
reply_drain(int fd, size_t *left)
{
	char dropped[16384];
	int is_socket = 1;
	ssize_t n;

	do {
		n = recv(fd, dropped, sizeof dropped, MSG_DONTWAIT);
		if (n == -1 && errno == ENOTSOCK) {
			is_socket = 0;	/* a second read might wait */
			n = read(fd, dropped, sizeof dropped);
		}
		if (n == 0 || (n > 0 && (size_t)n >= *left))
			return 0;
		if (n > 0)
			*left -= (size_t)n;
	} while (is_socket && n > 0);
	return n > 0 || errno == EINTR || errno == EAGAIN;
}

void
reply_close(int in, int out)
{
	struct pollfd fds = { .fd = in, .events = POLLIN };
	int64_t end_ms = clock_ms() + REPLY_DRAIN_MS;
	size_t left = REPLY_DRAIN_BYTES;

	reply_end(out);
	while (clock_poll(&fds, 1, end_ms) == 1 && reply_drain(in, &left))
		;
}
