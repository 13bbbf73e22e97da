/*
 * line: the end of a line of which the client has been sent only the beginning. See line.h.
 */
#include "line.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "reply.h"

/* The next bytes of the backend, in the empty buffer. Returns 1, or 0 if there are none in time. */
static int
wait_for_more(struct relay *r, int64_t end_ms)
{
	struct pollfd in = { .fd = r->backend, .events = POLLIN };
	ssize_t n;

	if (r->out.eof || clock_poll(&in, 1, end_ms) != 1)
		return 0;
	n = recv(r->backend, r->out.buffer, sizeof r->out.buffer, MSG_DONTWAIT);
	if (n <= 0)
		return 0;
	r->out.start = 0;
	r->out.len = (size_t)n;
	return 1;
}

/* Sends what is in the buffer, up to the end of the line. */
static void
send_rest(struct relay *r)
{
	struct flow *out = &r->out;
	const char *rest = out->buffer + out->start, *end = memchr(rest, '\n', out->len);
	size_t len = end != NULL ? (size_t)(end - rest) + 1 : out->len;

	reply_send(1, rest, len);
	sync_told(&r->sync, rest, len);
	out->start += len;
	out->len -= len;
	out->bytes += (int64_t)len;
}

void
line_finish(struct relay *r)
{
	int64_t end_ms = clock_ms() + LINE_WAIT_MS;

	while (sync_is_in_line(&r->sync)) {
		if (r->out.len == 0 && !wait_for_more(r, end_ms)) {
			reply_send(1, "\r\n", 2);
			return;
		}
		send_rest(r);
	}
}
