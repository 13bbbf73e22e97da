/*
 * relay: bytes between the client and a backend. See relay.h.
 *
 * Each direction has one buffer and is read only while that is empty, so a slow side
 * stops its other side. A FIN is passed on when all before it has been. The client's
 * descriptors are another's too and stay in their blocking mode: MSG_DONTWAIT
 * for a socket, PIPE_BUF for a pipe.
 */
#include "relay.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "reply.h"

/* A client that stays after the backend has closed: TCP itself would wait as long. */
enum { LINGER_MS = 60000 };

void
relay_init(struct relay *r, int backend)
{
	int yes = 1;

	r->backend = r->in.to = r->out.from = backend;
	r->in.from = 0;
	r->out.to = 1;
	r->state = "--";
	setsockopt(1, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);	/* as in dial */
}

void
relay_drop(struct relay *r)
{
	close(r->backend);
	r->out.len = 0;
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

static int
transient(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* The first cause is the one to report: "CD" or "SD". */
static void
blame(struct relay *r, int fd)
{
	if (r->state[0] == '-')
		r->state = fd == r->backend ? "SD" : "CD";
}

static void
finish(struct flow *f)
{
	f->done = 1;
	f->len = 0;
}

/* The flow's end is gone. What comes from a backend is read all the same, and dropped:
   to close on it would make the kernel reset what the client sent last. */
static void
lose(struct relay *r, struct flow *f)
{
	blame(r, f->to);
	if (f == &r->in)
		finish(f);
	f->dropped = 1;
	f->len = 0;
}

/* Moves what can be moved now. Returns 1 if a byte was, or the end was reached. */
static int
pump(struct relay *r, struct flow *f, struct flow *back)
{
	ssize_t n;
	int moved = 0;

	if (f->done)
		return 0;
	if (f->len == 0 && !f->eof) {
		n = take(f->from, f->buffer, sizeof f->buffer);
		if (n == -1 && transient())
			return 0;
		if (n == -1)		/* reset: nothing can go back there either */
			lose(r, back);
		f->start = 0;
		f->len = n > 0 && !f->dropped ? (size_t)n : 0;
		f->eof = n <= 0;
		moved = !f->dropped;
	}
	if (f->len > 0) {
		n = give(f->to, f->buffer + f->start, f->len);
		if (n == -1 && transient())
			return moved;
		if (n == -1) {		/* what it has said already can still be read */
			lose(r, f);
			return 1;
		}
		f->start += (size_t)n;
		f->len -= (size_t)n;
		f->bytes += n;
		moved = 1;
	}
	if (f->eof && f->len == 0) {
		/* Not a word, to a client that was there? */
		if (f == &r->out && f->bytes == 0 && (r->in.bytes > 0 || !r->in.eof))
			blame(r, f->from);
		if (shutdown(f->to, SHUT_WR) == -1 && errno == ENOTSOCK)
			close(f->to);
		finish(f);
	}
	return moved;
}

static short
reads(const struct flow *f)
{
	return !f->done && !f->eof && f->len == 0 ? POLLIN : 0;
}

static short
writes(const struct flow *f)
{
	return f->len > 0 ? POLLOUT : 0;
}

/* A descriptor with nothing to wait for is left out, or its hangup would spin. */
static struct pollfd
watch(int fd, short events)
{
	return (struct pollfd){ .fd = events != 0 ? fd : -1, .events = events };
}

/* Whose silence was it? Who does not read, or who had the word. */
static const char *
idle_state(const struct relay *r, const struct flow *last)
{
	if (r->out.done || r->out.dropped)
		return r->state;
	if (r->out.len > 0)
		return "cD";
	return r->in.len > 0 || last == &r->in ? "sD" : "cD";
}

void
relay_run(struct relay *r, int64_t idle_ms)
{
	const struct flow *last = &r->out;
	int64_t moved_ms = clock_ms();

	signal(SIGPIPE, SIG_IGN);	/* for pipes; no program comes after this */
	while (!r->in.done || !r->out.done) {
		struct pollfd fds[3] = {
			watch(0, reads(&r->in)),
			watch(1, writes(&r->out)),
			watch(r->backend, reads(&r->out) | writes(&r->in))
		};
		int64_t patience = (r->out.done || r->out.dropped) && idle_ms > LINGER_MS ? LINGER_MS : idle_ms;
		int ready = poll(fds, 3, clock_left(moved_ms + patience));

		if (ready == 0) {
			r->state = idle_state(r, last);
			break;
		}
		if (ready == -1 && errno == EINTR)
			continue;
		if (ready == -1) {
			r->state = "RD";
			break;
		}
		if (fds[0].revents != 0 || fds[2].revents & ~POLLIN)
			if (pump(r, &r->in, &r->out)) {
				last = &r->in;
				moved_ms = clock_ms();
			}
		if (fds[1].revents != 0 || fds[2].revents & ~POLLOUT)
			if (pump(r, &r->out, &r->in)) {
				last = &r->out;
				moved_ms = clock_ms();
			}
	}
	if (!r->in.eof)
		reply_close();	/* what the client still sends must not cost it the last reply */
}
