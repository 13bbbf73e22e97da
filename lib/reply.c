/*
 * reply: the last words to a client. See reply.h.
 */
#include "reply.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

enum { DRAIN_MS = 2000, DRAIN_BYTES = 1 << 20 };

void
reply_send(const char *lines, size_t len)
{
	void (*old)(int);

	if (send(1, lines, len, MSG_NOSIGNAL) != -1 || errno != ENOTSOCK)
		return;
	old = signal(SIGPIPE, SIG_IGN);		/* a pipe */
	if (write(1, lines, len) != -1 || errno == EPIPE)
		signal(SIGPIPE, old);
}

void
reply_close(void)
{
	int64_t end = clock_ms() + DRAIN_MS;
	struct pollfd in = { .fd = 0, .events = POLLIN };
	char dropped[16384];
	ssize_t total = 0;

	if (shutdown(1, SHUT_WR) == -1 && errno == ENOTSOCK)
		close(1);
	while (total < DRAIN_BYTES) {
		ssize_t n = poll(&in, 1, clock_left(end));

		if (n == 1)
			n = read(0, dropped, sizeof dropped);
		else if (n == 0)
			return;
		if (n == 0 || (n == -1 && errno != EINTR))
			return;
		if (n > 0)
			total += n;
	}
}
