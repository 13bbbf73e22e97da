/*
 * session: one client, and the backends that are tried for it. See session.h.
 */
#include "session.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "proxy.h"

/* RFC 5321 4.5.3.2.1 gives a client five minutes for the greeting; ten seconds of them are for
   what came before the hold, such as the reverse name. */
enum { GREETING_BY_MS = 290000, SEARCH_LEAST_MS = 10000 };

/* What it means if the client talks before it is greeted. */
enum talking {
	TALKING_REFUSED,
	TALKING_CHOOSES,	/* it chooses the backend under way */
	TALKING_IGNORED
};

void
session_begin(struct session *s, const struct terms *terms, const struct finding *finding,
    int64_t now_ms)
{
	int64_t left_ms = GREETING_BY_MS - finding->waited_ms;

	s->terms = terms;
	s->finding = finding;
	s->start_ms = now_ms;
	s->deadline_ms = now_ms + (left_ms > SEARCH_LEAST_MS ? left_ms : SEARCH_LEAST_MS);
	s->fd = -1;
	s->all_later = 1;
	s->state = "SC";	/* if none is listed */
}

/* If talk is only logged, the relay finds it out and goes on. */
static enum talking
talking(const struct session *s)
{
	if (s->terms->sync == SYNC_OFF)
		return TALKING_CHOOSES;
	return s->finding->judged && !s->terms->only_logs ? TALKING_REFUSED : TALKING_IGNORED;
}

int
session_may_try(const struct session *s, int64_t now_ms)
{
	return s->tries == 0 || now_ms < s->deadline_ms;
}

static void
begin_step(struct session *s, enum session_step step, int64_t timeout_ms, int64_t now_ms)
{
	s->step = step;
	s->began_ms = now_ms;
	s->due_ms = now_ms + timeout_ms < s->deadline_ms ? now_ms + timeout_ms : s->deadline_ms;
}

static void
close_backend(struct session *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

static enum session_news
failed(struct session *s, const char *where, const char *state, const char *words, size_t len)
{
	s->step = SESSION_READY;
	s->failed = where;
	s->state = state;
	s->reason_len = len < sizeof s->reason ? len : sizeof s->reason;
	memcpy(s->reason, words, s->reason_len);
	return SESSION_FAILED;
}

static enum session_news
failed_by_error(struct session *s, const char *where, const char *state, int error)
{
	const char *words = error == 0 ? "connection closed" : strerror(error);

	s->all_later = 0;
	return failed(s, where, state, words, strlen(words));
}

static enum session_news
connect_failed(struct session *s, int error)
{
	return failed_by_error(s, "connect", error == ETIMEDOUT ? "sC" : "SC", error);
}

static enum session_news
found(struct session *s)
{
	s->step = SESSION_READY;
	s->state = "--";
	return SESSION_FOUND;
}

/* A client whose address the backend must be told, and cannot be, is given up: the backend
   would take this host for the client, and might relay for it. */
static int
check_address(const struct session *s, int error, char why[REASON_MAX])
{
	const struct route *route = &s->backend.route;
	int unknown = route->from_client && error == EADDRNOTAVAIL;

	if ((route->proxy > 0 && s->from.len == 0) || unknown)
		return reason(why, "%s: %s: the client's address is not known: %s",
		    s->backend.name, unknown ? "source=client" : "send-proxy", s->client.ip);
	if (route->from_client && (error == EPERM || error == ENOPROTOOPT))
		return reason(why, "%s: source=client: unable to use the client's address: %s",
		    s->backend.name, strerror(error));
	return 1;
}

/* First on the connection, and at once: the send buffer is empty. */
static int
send_proxy(const struct session *s)
{
	int version = (int)s->backend.route.proxy;
	char header[PROXY_MAX];

	return version == 0 || send(s->fd, header,
	    proxy_header(header, version, &s->from, &s->to), MSG_NOSIGNAL) != -1;
}

static enum session_news
connected(struct session *s, int64_t now_ms)
{
	if (!send_proxy(s))
		return connect_failed(s, errno);
	s->connect_ms = now_ms - s->began_ms;
	if (s->terms->greeting_ms == 0 || (s->spoke && talking(s) == TALKING_CHOOSES))
		return found(s);
	begin_step(s, SESSION_LISTENS, s->terms->greeting_ms, now_ms);
	return SESSION_WAITS;
}

enum session_news
session_try(struct session *s, const struct record *backend, int fd, int error, int64_t now_ms,
    char why[REASON_MAX])
{
	close_backend(s);
	s->backend = *backend;
	s->fd = fd;
	s->tries++;
	s->connect_ms = s->greeting_ms = -1;
	if (!check_address(s, error, why))
		return SESSION_BAD;
	if (fd == -1)
		return connect_failed(s, error);
	begin_step(s, SESSION_CONNECTS, s->terms->connect_ms, now_ms);
	switch (dial_start(fd, &backend->address)) {
	case DIAL_DONE:
		return connected(s, now_ms);
	case DIAL_FAILED:
		return connect_failed(s, errno);
	case DIAL_WAITS:
		break;
	}
	return SESSION_WAITS;
}

static enum session_news
listen_to(struct session *s, int64_t now_ms)
{
	char text[GREETING_TEXT];
	size_t len;
	enum greeting greeting = greeting_look(s->fd, text, &len);
	int error = errno;

	if (len > 0)
		s->greeting_ms = now_ms - s->began_ms;
	switch (greeting) {
	case GREETING_SILENT:
		break;
	case GREETING_NONE:
		return failed_by_error(s, "greeting", error == ETIMEDOUT ? "sH" : "SH", error);
	case GREETING_LATER:
		return failed(s, "greeting", "SH", text, len);
	case GREETING_READY:
		return found(s);
	}
	return SESSION_WAITS;
}

int
session_settle(struct session *s)
{
	if (s->tries == 0 || !s->all_later)
		return 0;
	s->settled = 1;
	found(s);
	return 1;
}

static enum session_news
out_of_time(struct session *s)
{
	return s->step == SESSION_CONNECTS ? connect_failed(s, ETIMEDOUT) :
	    failed_by_error(s, "greeting", "sH", ETIMEDOUT);
}

/* A backend is being tried: poll has found the client and the backend so. If both have done something,
   the client's talk comes first only if it is refused for it. */
static enum session_news
search(struct session *s, const struct pollfd *client, const struct pollfd *backend, int64_t now_ms)
{
	enum talk talk = talk_judge(s->fds[0], client->fd != -1 ? client->revents : 0);

	if (talk == TALK_EARLY && talking(s) == TALKING_REFUSED) {
		talk_peek(&s->relay.words, s->fds[0]);
		return SESSION_TALKS;
	}
	if (backend->revents != 0 && s->step == SESSION_LISTENS)
		return listen_to(s, now_ms);
	if (backend->revents != 0)
		return dial_finish(s->fd) == DIAL_DONE ? connected(s, now_ms) : connect_failed(s, errno);
	if (talk == TALK_HANGUP || talk == TALK_ERROR) {
		session_end(s, s->step == SESSION_CONNECTS ? "CC" : "CH");
		return SESSION_OVER;
	}
	s->spoke |= talk == TALK_EARLY;
	if (s->spoke && s->step == SESSION_LISTENS && talking(s) == TALKING_CHOOSES)
		return found(s);
	return now_ms < s->due_ms ? SESSION_WAITS : out_of_time(s);
}

void
session_relay(struct session *s, struct buffers *buffers, int64_t now_ms)
{
	enum sync_until until = s->finding->judged ? s->terms->sync : SYNC_OFF;

	s->step = SESSION_RELAYS;
	relay_begin(&s->relay, s->fds, s->fd, until, buffers, now_ms);
}

void
session_allow(struct session *s)
{
	relay_allow(&s->relay);
}

enum session_news
session_refuse(struct session *s, int64_t now_ms)
{
	if (s->step == SESSION_RELAYS && relay_refuse(&s->relay, now_ms) == RELAY_WAITS)
		return SESSION_WAITS;
	session_end(s, "PR");
	return SESSION_OVER;
}

const char *
session_turn(const struct session *s)
{
	return s->step == SESSION_RELAYS ? sync_step(&s->relay.sync) : "greeting";
}

void
session_waits(const struct session *s, struct pollfd fds[RELAY_FDS])
{
	if (s->step == SESSION_RELAYS) {
		relay_waits(&s->relay, fds);
		return;
	}
	fds[0] = (struct pollfd){ .fd = s->spoke ? -1 : s->fds[0], .events = TALK_EVENTS };
	fds[1] = (struct pollfd){ .fd = -1 };
	fds[2] = (struct pollfd){ .fd = s->fd, .events = s->step == SESSION_CONNECTS ? POLLOUT : POLLIN };
}

int64_t
session_due(const struct session *s)
{
	return s->step == SESSION_RELAYS ? relay_due(&s->relay, s->terms->idle_ms) : s->due_ms;
}

void
session_end(struct session *s, const char *state)
{
	/* A 4xx that has reached the client has a state of its own. */
	s->state = s->settled && s->relay.out.bytes > 0 ? "SQ" : state;
	if (s->step == SESSION_RELAYS)
		relay_end(&s->relay);
	s->step = SESSION_ENDED;
	close_backend(s);
}

enum session_news
session_go_on(struct session *s, const struct pollfd fds[RELAY_FDS], int64_t now_ms)
{
	if (s->step != SESSION_RELAYS)
		return search(s, &fds[0], &fds[2], now_ms);
	switch (relay_go_on(&s->relay, fds, s->terms->idle_ms, now_ms)) {
	case RELAY_WAITS:
		break;
	case RELAY_TALKS:
		return SESSION_TALKS;
	case RELAY_OVER:
		session_end(s, s->relay.state);
		return SESSION_OVER;
	}
	return SESSION_WAITS;
}
