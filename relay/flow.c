/*
 * flow: one direction of a session. See flow.h.
 *
 * A direction in which much has come, and comes in large pieces, goes through a pipe from then on.
 * Until then descriptors stay in the mode that they came in: MSG_DONTWAIT for a socket, PIPE_BUF for
 * a pipe.
 */
#include "flow.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bulk.h"

enum {
	BULK_BYTES = 4 * BUFFER_SIZE,	/* so many have been carried, and so many at once: */
	BULK_READ = BUFFER_SIZE / 2	/* that is bulk */
};

void
flow_begin(struct flow *f, int from, int to, struct buffers *buffers)
{
	*f = (struct flow){ .from = from, .to = to, .buffers = buffers };
}

/* For a pipe: whether it would not block now. */
static int
is_ready(int fd, short events)
{
	struct pollfd pipe = { .fd = fd, .events = events };

	if (poll(&pipe, 1, 0) == 1)
		return 1;
	errno = EAGAIN;
	return 0;
}

static ssize_t
take(int fd, char *buf, size_t len)
{
	ssize_t n = recv(fd, buf, len, MSG_DONTWAIT);

	if (n != -1 || errno != ENOTSOCK)
		return n;
	return is_ready(fd, POLLIN) ? read(fd, buf, len) : -1;
}

static ssize_t
give(int fd, const char *buf, size_t len)
{
	ssize_t n = send(fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n != -1 || errno != ENOTSOCK)
		return n;
	return is_ready(fd, POLLOUT) ? write(fd, buf, len < PIPE_BUF ? len : PIPE_BUF) : -1;
}

static void
give_back(struct flow *f)
{
	if (f->buffer != NULL)
		buffers_give(f->buffers, f->buffer);
	f->buffer = NULL;
}

/* Back to the buffer, for good. */
static void
leave_pipe(struct flow *f)
{
	if (f->piped)
		bulk_end(f->pipe);
	f->piped = 0;
}

/* After a failed splice: there is none here, or an urgent byte, which only recv gets past. */
static int
is_stuck(int from)
{
	if (errno == EAGAIN)
		return is_ready(from, POLLIN);
	return errno == EINVAL || errno == ENOSYS || errno == EPERM;
}

static ssize_t
read_some(struct flow *f)
{
	ssize_t n;

	if (f->piped) {
		n = bulk_fill(f->pipe, f->from);
		if (n > 0 || (n == -1 && !is_stuck(f->from)))
			return n;
		leave_pipe(f);	/* the end, perhaps: recv knows */
	}
	f->buffer = buffers_take(f->buffers);
	if (f->buffer == NULL) {
		errno = EAGAIN;
		return -1;
	}
	return take(f->from, f->buffer->bytes, sizeof f->buffer->bytes);
}

static int
is_transient(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

enum flow_result
flow_fill(struct flow *f)
{
	ssize_t n = read_some(f);
	int transient = n == -1 && is_transient();

	f->start = 0;
	f->len = n > 0 && !f->dropped ? (size_t)n : 0;
	if (f->len == 0)
		give_back(f);
	if (transient)
		return FLOW_WAITS;
	f->eof = n <= 0;
	return n == -1 ? FLOW_BROKEN : FLOW_MOVED;
}

/* All of a piece has been written. If it was a large one of many, the next ones go through a pipe. */
static void
consider_bulk(struct flow *f)
{
	if (f->start < BULK_READ || f->bytes < BULK_BYTES || f->pipe_tried)
		return;
	f->piped = bulk_begin(f->pipe, f->from, f->to);
	f->pipe_tried = 1;
}

enum flow_result
flow_empty(struct flow *f, size_t most, const char **told, size_t *n)
{
	size_t len = f->len < most ? f->len : most;
	ssize_t written;

	*told = f->piped ? NULL : f->buffer->bytes + f->start;
	written = f->piped ? bulk_empty(f->pipe, f->to, len) : give(f->to, *told, len);
	if (written == -1)
		return is_transient() ? FLOW_WAITS : FLOW_BROKEN;
	*n = (size_t)written;
	f->start += *n;
	f->len -= *n;
	f->bytes += written;
	if (f->len == 0) {
		give_back(f);
		consider_bulk(f);
	}
	return FLOW_MOVED;
}

size_t
flow_line(const struct flow *f)
{
	const char *bytes = f->len > 0 && !f->piped ? f->buffer->bytes + f->start : NULL;
	const char *end = bytes != NULL ? memchr(bytes, '\n', f->len) : NULL;

	return end != NULL ? (size_t)(end - bytes) + 1 : f->len;
}

int
flow_is_over(const struct flow *f)
{
	return f->eof && f->len == 0;
}

void
flow_end(struct flow *f)
{
	f->done = 1;
	f->len = 0;
	leave_pipe(f);
	give_back(f);
}

void
flow_close(struct flow *f)
{
	if (shutdown(f->to, SHUT_WR) == -1 && errno == ENOTSOCK)
		close(f->to);
	flow_end(f);
}

void
flow_drop(struct flow *f)
{
	leave_pipe(f);
	give_back(f);
	f->dropped = 1;
	f->len = 0;
}

int
flow_reads(const struct flow *f)
{
	return !f->done && !f->eof && f->len == 0;
}

int
flow_writes(const struct flow *f)
{
	return f->len > 0;
}
