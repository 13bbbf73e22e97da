/*
 * relay: bytes between the client and a backend. See relay.h.
 *
 * Each direction has one buffer and is read only while that is empty, so a slow side
 * stops its other side. A FIN is passed on when all before it has been. A direction in
 * which much has come, and comes in large pieces, goes through a pipe from then on.
 * Until then the client's descriptors stay in their blocking mode: MSG_DONTWAIT for a
 * socket, PIPE_BUF for a pipe.
 */
#include "relay.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bulk.h"
#include "clock.h"
#include "reply.h"

enum {
	LINGER_MS = 60000,	/* a client that stays after the backend has closed: TCP itself
				   would wait as long */
	BULK_BYTES = 4 * RELAY_BUFFER,	/* so many have been carried, and so many at once: */
	BULK_READ = RELAY_BUFFER / 2	/* that is bulk */
};

void
relay_begin(struct relay *r, int backend, enum sync_until until)
{
	int yes = 1;

	r->backend = r->in.to = r->out.from = backend;
	r->in.from = 0;
	r->out.to = 1;
	r->state = "--";
	r->moved_ms = clock_ms();
	r->moved = &r->in;
	sync_begin(&r->sync, until);
	setsockopt(1, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);	/* as in dial */
	/* An end that has vanished is found out, long before some idle timeouts. */
	setsockopt(1, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
	setsockopt(backend, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
	/* For pipes, and splice has no MSG_NOSIGNAL. No program comes after this. */
	signal(SIGPIPE, SIG_IGN);
}

void
relay_allow(struct relay *r)
{
	sync_begin(&r->sync, SYNC_OFF);
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

/* Reads what is there, into the buffer or the pipe. */
static ssize_t
fill(struct flow *f)
{
	ssize_t n;

	if (f->piped) {
		n = bulk_fill(f->pipe, f->from);
		if (n > 0 || (n == -1 && !is_stuck(f->from)))
			return n;
		leave_pipe(f);	/* the end, perhaps: recv knows */
	}
	return take(f->from, f->buffer, sizeof f->buffer);
}

/* Writes what it takes of that. */
static ssize_t
empty(struct flow *f)
{
	return f->piped ? bulk_empty(f->pipe, f->to, f->len) :
	    give(f->to, f->buffer + f->start, f->len);
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
	leave_pipe(f);
	f->dropped = 1;
	f->len = 0;
}

/* It has sent more than its first command: what was read is in the buffer. */
static int
says_too_much(struct relay *r)
{
	struct words *w = &r->words;

	if (r->sync.turn != SYNC_BROKEN)
		return 0;
	talk_peek(w, 0);
	w->bytes += (int)r->in.len;
	w->len = r->in.len < sizeof w->text ? r->in.len : sizeof w->text;
	memcpy(w->text, r->in.buffer, w->len);
	return 1;
}

/* Moves what can be moved now; a mute flow is not read. Returns 1 if a byte was, or the end was
   reached. */
static int
pump(struct relay *r, struct flow *f, struct flow *back, int mute)
{
	ssize_t n;
	int moved = 0;

	if (f->done)
		return 0;
	if (f->len == 0 && !f->eof && !mute) {
		n = fill(f);
		if (n == -1 && transient())
			return 0;
		if (n == -1)		/* reset: nothing can go back there either */
			lose(r, back);
		f->start = 0;
		f->len = n > 0 && !f->dropped ? (size_t)n : 0;
		f->eof = n <= 0;
		moved = !f->dropped;
		if (f == &r->in && !f->piped && !sync_heard(&r->sync, f->buffer, f->len))
			return moved;
	}
	if (f->len > 0) {
		n = empty(f);
		if (n == -1 && transient())
			return moved;
		if (n == -1) {		/* what it has said already can still be read */
			lose(r, f);
			return 1;
		}
		if (f == &r->out && !f->piped)
			sync_told(&r->sync, f->buffer + f->start, (size_t)n);
		f->start += (size_t)n;
		f->len -= (size_t)n;
		f->bytes += n;
		moved = 1;
		if (f->len == 0 && f->start >= BULK_READ && f->bytes >= BULK_BYTES && !f->pipe_tried) {
			f->piped = bulk_begin(f->pipe, f->from, f->to);
			f->pipe_tried = 1;
		}
	}
	if (f->eof && f->len == 0) {
		/* The backend closed without a word, and the client was still there. */
		if (f == &r->out && f->bytes == 0 && (r->in.bytes > 0 || !r->in.eof))
			blame(r, f->from);
		if (shutdown(f->to, SHUT_WR) == -1 && errno == ENOTSOCK)
			close(f->to);
		finish(f);
	}
	return moved;
}

/* With POLLPRI, since an urgent byte is talk; recv clears it. */
static short
reads(const struct flow *f)
{
	return !f->done && !f->eof && f->len == 0 ? TALK_EVENTS : 0;
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

/* Whose silence it was: the backend's, if it does not read, or if the client spoke last. */
static const char *
idle_state(const struct relay *r)
{
	if (r->in.len > 0)
		return "sD";
	if (r->out.done || r->out.dropped)
		return r->state;
	return r->out.len == 0 && r->moved == &r->in ? "sD" : "cD";
}

/* When the silence has lasted for too long. */
static int64_t
patience(const struct relay *r, int64_t idle_ms)
{
	int lingers = r->out.done || r->out.dropped;

	return r->moved_ms + (lingers && idle_ms > LINGER_MS ? LINGER_MS : idle_ms);
}

int
relay_run(struct relay *r, int64_t idle_ms)
{
	int64_t now_ms = clock_ms();

	while (!r->in.done || !r->out.done) {
		int silent = sync_is_silent(&r->sync);
		enum talk talk = TALK_SILENT;
		struct pollfd fds[3] = {
			watch(0, reads(&r->in)),
			watch(1, writes(&r->out)),
			watch(r->backend, reads(&r->out) | writes(&r->in))
		};
		int ready = poll(fds, 3, clock_between(now_ms, patience(r, idle_ms)));

		now_ms = clock_ms();
		if (ready == -1 && errno == EINTR)
			continue;
		if (ready == -1) {
			r->state = "RD";
			break;
		}
		if (silent)
			talk = talk_look(0);
		if (talk == TALK_EARLY) {	/* nothing of that has been read */
			talk_peek(&r->words, 0);
			return 0;
		}
		/* What comes right after that look is not read either: the backend has not spoken. */
		if ((fds[0].revents != 0 || fds[2].revents & ~POLLIN) &&
		    pump(r, &r->in, &r->out, silent && talk == TALK_SILENT)) {
			r->moved = &r->in;
			r->moved_ms = now_ms;
		}
		if (says_too_much(r))
			return 0;
		if ((fds[1].revents != 0 || fds[2].revents & ~POLLOUT) &&
		    pump(r, &r->out, &r->in, 0)) {
			r->moved = &r->out;
			r->moved_ms = now_ms;
		}
		if (now_ms >= patience(r, idle_ms)) {
			r->state = idle_state(r);
			break;
		}
	}
	if (!r->in.eof)
		reply_close(0, 1);	/* what the client still sends must not cost it the last reply */
	return 1;
}
