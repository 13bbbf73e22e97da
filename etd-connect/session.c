/*
 * session: one client and the backends that are tried for it. See session.h.
 */
#include "session.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dial.h"
#include "nudge.h"
#include "proxy.h"
#include "report.h"

static int
pick_one(struct session *s)
{
	struct candidate *c = &s->candidates[s->picked];

	if (s->picked == s->tries_max || !pick_next(&s->pick, &c->record))
		return 0;
	c->fd = -1;
	s->picked++;
	return 1;
}

static void
open_socket(const struct session *s, struct candidate *c)
{
	c->fd = dial_socket(&c->record, &s->from);
	c->error = c->fd == -1 ? errno : 0;
}

void
session_prepare(struct session *s)
{
	while (pick_one(s)) {
		struct candidate *c = &s->candidates[s->picked - 1];

		if (c->record.route.from_client)
			open_socket(s, c);
	}
}

/* No socket: a client whose address must be used and cannot be is given up, loudly. */
static void
check_socket(const struct session *s, const struct candidate *c)
{
	if (!c->record.route.from_client)
		return;
	if (c->error == EADDRNOTAVAIL)
		client_giveup(111, "%s: source=client: the client's address is not known: %s",
		    c->record.name, s->client.ip);
	if (c->error == EPERM || c->error == ENOPROTOOPT)
		client_giveup(111, "%s: source=client: unable to use the client's address: %s",
		    c->record.name, strerror(c->error));
}

const struct candidate *
session_last(const struct session *s)
{
	return &s->candidates[s->tries - 1];
}

/* The next one's turn, and checkd shall look at this one, unless it was this host's fault. */
static void
failed(struct session *s, const char *step, const char *state, const char *reason, size_t len)
{
	s->state = state;
	s->reason_len = len < sizeof s->reason ? len : sizeof s->reason;
	memcpy(s->reason, reason, s->reason_len);
	report_failed(s, step);
	if (session_last(s)->fd != -1)
		nudge(s->pick.path, session_last(s)->record.name);
}

static void
failed_by_error(struct session *s, const char *step, const char *state, int error)
{
	const char *reason = error == 0 ? "connection closed" : strerror(error);

	failed(s, step, state, reason, strlen(reason));
}

/* First on the connection, and at once: the send buffer is empty. */
static int
send_proxy(const struct session *s, const struct candidate *c)
{
	int version = (int)c->record.route.proxy;
	char header[PROXY_MAX];

	return version == 0 || send(c->fd, header,
	    proxy_header(header, version, &s->from, &s->to), MSG_NOSIGNAL) != -1;
}

/* A connection, with its PROXY header. */
static enum dial
connect_to(struct session *s, struct candidate *c)
{
	int64_t began_ms = clock_ms();
	enum dial result = DIAL_FAILED;

	if (c->fd == -1 && c->error == 0)
		open_socket(s, c);
	if (c->fd == -1)
		check_socket(s, c);
	errno = c->error;
	if (c->fd != -1)
		result = dial(c->fd, &c->record.address, s->connect_timeout_ms);
	if (result == DIAL_DONE && !send_proxy(s, c))
		result = DIAL_FAILED;
	if (result == DIAL_DONE)
		s->connect_ms = clock_ms() - began_ms;
	return result;
}

static enum greeting
attempt(struct session *s, struct candidate *c)
{
	char text[GREETING_TEXT];
	size_t len;
	int64_t began_ms;
	enum greeting greeting;

	s->connect_ms = s->greeting_ms = -1;
	switch (connect_to(s, c)) {
	case DIAL_GONE:
		s->state = "CC";
		return GREETING_GONE;
	case DIAL_FAILED:
		failed_by_error(s, "connect", errno == ETIMEDOUT ? "sC" : "SC", errno);
		return GREETING_NONE;
	case DIAL_DONE:
		break;
	}
	if (s->greeting_timeout_ms == 0)
		return GREETING_READY;
	began_ms = clock_ms();
	greeting = greeting_wait(c->fd, s->greeting_timeout_ms, text, &len);
	if (len > 0)
		s->greeting_ms = clock_ms() - began_ms;
	if (greeting == GREETING_NONE)
		failed_by_error(s, "greeting", errno == ETIMEDOUT ? "sH" : "SH", errno);
	else if (greeting == GREETING_LATER)
		failed(s, "greeting", "SH", text, len);
	else if (greeting == GREETING_GONE)
		s->state = "CH";
	return greeting;
}

/* Those that were prepared and are not needed any more. */
static enum found
found(struct session *s)
{
	for (int i = s->tries; i < s->picked; i++)
		if (s->candidates[i].fd != -1)
			close(s->candidates[i].fd);
	s->state = "--";
	return FOUND;
}

enum found
session_find(struct session *s)
{
	int all_later = 1;

	s->state = "SC";	/* if none is listed */
	while (s->tries < s->picked || pick_one(s)) {
		struct candidate *c = &s->candidates[s->tries++];

		if (s->tries > 1 && c[-1].fd != -1)
			close(c[-1].fd);
		switch (attempt(s, c)) {
		case GREETING_READY:
			return found(s);
		case GREETING_GONE:
			return FOUND_GONE;
		case GREETING_NONE:
			all_later = 0;
			break;
		case GREETING_LATER:
			break;
		}
	}
	/* The last one's 4xx is the client's. */
	if (s->tries > 0 && all_later)
		return found(s);
	return FOUND_NONE;
}
