/*
 * greeting: the wait for a backend's first bytes. See greeting.h.
 */
#include "greeting.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "client.h"
#include "clock.h"

enum greeting
greeting_wait(int backend, int64_t timeout_ms, char *text, size_t *len)
{
	int64_t deadline_ms = clock_ms() + timeout_ms;
	struct pollfd fds[2] = {
		{ .fd = backend, .events = POLLIN },
		{ .fd = 0, .events = POLLIN }
	};
	const char *end;
	ssize_t n;
	int ready;

	*len = 0;
	do
		ready = poll(fds, 2, clock_left(deadline_ms));
	while (ready == -1 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	if (ready <= 0)
		return GREETING_NONE;
	if (fds[0].revents == 0)
		return client_is_gone() ? GREETING_GONE : GREETING_READY;
	n = recv(backend, text, GREETING_TEXT, MSG_PEEK);
	if (n == 0)
		errno = 0;
	if (n <= 0)
		return GREETING_NONE;
	end = memchr(text, '\r', (size_t)n);
	*len = end != NULL ? (size_t)(end - text) : (size_t)n;
	return text[0] == '4' ? GREETING_LATER : GREETING_READY;
}
