/*
 * relay: bytes between a client and a backend. See relay.h.
 *
 * The end of one side's sending is passed on when all before it has been.
 */
#include "relay.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"

enum {
	LINGER_MS = 60000	/* a client that stays after the backend has closed: TCP itself
				   would wait as long */
};

void
relay_begin(struct relay *r, const int client[2], int backend, enum sync_until until,
    struct buffers *buffers, int64_t now_ms)
{
	int yes = 1;

	flow_begin(&r->in, client[0], backend, buffers);
	flow_begin(&r->out, backend, client[1], buffers);
	r->line_ms = 0;
	r->state = "--";
	r->moved_ms = now_ms;
	r->moved = &r->in;
	sync_begin(&r->sync, until);
	setsockopt(client[1], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);	/* as in dial */
	/* An end that has vanished is found out, long before some idle timeouts. */
	setsockopt(client[1], SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
	setsockopt(backend, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
}

void
relay_allow(struct relay *r)
{
	sync_begin(&r->sync, SYNC_OFF);
}

void
relay_end(struct relay *r)
{
	flow_end(&r->in);
	flow_end(&r->out);
}

/* The first cause is the one to report: "CD" or "SD". */
static void
blame(struct relay *r, int fd)
{
	if (r->state[0] == '-')
		r->state = fd == r->out.from ? "SD" : "CD";
}

/* The end to which the flow goes is gone. What comes from a backend is read all the same, and dropped:
   to close on it would make the kernel reset what the client sent last. */
static void
lose(struct relay *r, struct flow *f)
{
	blame(r, f->to);
	flow_drop(f);
	if (f == &r->in)
		flow_end(f);
}

/* Reads. Returns 1 if a byte came that is passed on, or the end. */
static int
fill(struct relay *r, struct flow *f, struct flow *back)
{
	switch (flow_fill(f)) {
	case FLOW_WAITS:
		return 0;
	case FLOW_BROKEN:		/* nothing can go back there either */
		lose(r, back);
		break;
	case FLOW_MOVED:
		break;
	}
	if (f == &r->in && f->buffer != NULL)
		sync_heard(&r->sync, f->buffer->bytes, f->len);
	return !f->dropped;
}

/* Writes. Returns 1 if a byte went, or the end to which it goes is found to be gone. */
static int
empty(struct relay *r, struct flow *f, size_t most)
{
	const char *told;
	size_t n;

	switch (flow_empty(f, most, &told, &n)) {
	case FLOW_WAITS:
		return 0;
	case FLOW_BROKEN:		/* what it has said already can still be read */
		lose(r, f);
		break;
	case FLOW_MOVED:
		if (f == &r->out && told != NULL)
			sync_told(&r->sync, told, n);
		break;
	}
	return 1;
}

/* Passes the end on. */
static void
close_flow(struct relay *r, struct flow *f)
{
	/* The backend closed without a word, and the client was still there. */
	if (f == &r->out && f->bytes == 0 && (r->in.bytes > 0 || !r->in.eof))
		blame(r, f->from);
	if (f == &r->out)
		relay_allow(r);		/* it will not be told anything more: it may leave as it likes */
	flow_close(f);
}

/* Moves what can be moved now; a mute flow is not read. Returns 1 if a byte was, or the end was
   reached. */
static int
pump(struct relay *r, struct flow *f, struct flow *back, int mute)
{
	int moved = 0;

	if (f->done)
		return 0;
	if (flow_reads(f) && !mute) {
		moved = fill(r, f, back);
		if (r->sync.turn == SYNC_BROKEN)
			return moved;
	}
	if (flow_writes(f))
		moved |= empty(r, f, f->len);
	if (!f->done && flow_is_over(f))
		close_flow(r, f);
	return moved;
}

/* Notes where a byte moved last. */
static void
move(struct relay *r, struct flow *f, struct flow *back, int mute, int64_t now_ms)
{
	if (!pump(r, f, back, mute))
		return;
	r->moved = f;
	r->moved_ms = now_ms;
}

/* A descriptor with nothing to wait for is left out, or its hangup would spin. */
static struct pollfd
watch(int fd, short events)
{
	return (struct pollfd){ .fd = events != 0 ? fd : -1, .events = events };
}

/* With POLLPRI, since an urgent byte is talk; recv clears it. */
void
relay_waits(const struct relay *r, struct pollfd fds[RELAY_FDS])
{
	short in = flow_reads(&r->in) ? TALK_EVENTS : 0;
	short out = flow_reads(&r->out) ? TALK_EVENTS : 0;

	fds[0] = watch(r->in.from, in);
	fds[1] = watch(r->out.to, flow_writes(&r->out) ? POLLOUT : 0);
	fds[2] = watch(r->out.from, flow_writes(&r->in) ? out | POLLOUT : out);
}

int64_t
relay_due(const struct relay *r, int64_t idle_ms)
{
	int lingers = r->out.done || r->out.dropped;

	if (r->line_ms != 0)
		return r->line_ms;
	return r->moved_ms + (lingers && idle_ms > LINGER_MS ? LINGER_MS : idle_ms);
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

/* Keeps what the client said. If it is more than a command, some of it has been read, and is in the buffer;
   otherwise nothing has, and the buffer may hold a command that was in order. */
static enum relayed
talks(struct relay *r)
{
	struct words *w = &r->words;
	const struct flow *in = &r->in;

	talk_peek(w, in->from);
	if (r->sync.turn != SYNC_BROKEN)
		return RELAY_TALKS;
	w->bytes += (int)in->len;
	w->len = in->len < sizeof w->text ? in->len : sizeof w->text;
	memcpy(w->text, in->buffer->bytes, w->len);
	return RELAY_TALKS;
}

/* Nothing behind the line is sent. */
static enum relayed
end_line(struct relay *r, int64_t now_ms)
{
	struct flow *out = &r->out;

	while (sync_is_in_line(&r->sync) && !out->done && !out->dropped) {
		if (flow_reads(out))
			fill(r, out, &r->in);
		if (!flow_writes(out) || !empty(r, out, flow_line(out)))
			return flow_is_over(out) || now_ms >= r->line_ms ? RELAY_OVER : RELAY_WAITS;
	}
	return RELAY_OVER;
}

enum relayed
relay_refuse(struct relay *r, int64_t now_ms)
{
	flow_end(&r->in);	/* what of it has not been written must not wake the caller, either */
	r->state = "PR";
	r->line_ms = now_ms + RELAY_LINE_MS;
	return end_line(r, now_ms);
}

enum relayed
relay_go_on(struct relay *r, const struct pollfd fds[RELAY_FDS], int64_t idle_ms, int64_t now_ms)
{
	int silent = sync_is_silent(&r->sync);
	enum talk talk;

	if (r->line_ms != 0)
		return end_line(r, now_ms);
	talk = silent ? talk_look(r->in.from) : TALK_SILENT;
	if (talk == TALK_EARLY)
		return talks(r);
	/* What comes right after that look is not read either: the backend has not spoken. */
	if (fds[0].revents != 0 || fds[2].revents & ~POLLIN)
		move(r, &r->in, &r->out, silent && talk == TALK_SILENT, now_ms);
	if (r->sync.turn == SYNC_BROKEN)
		return talks(r);
	if (fds[1].revents != 0 || fds[2].revents & ~POLLOUT)
		move(r, &r->out, &r->in, 0, now_ms);
	if (r->in.done && r->out.done)
		return RELAY_OVER;
	if (now_ms < relay_due(r, idle_ms))
		return RELAY_WAITS;
	r->state = idle_state(r);
	return RELAY_OVER;
}
