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
#include "proxy.h"

void
session_begin(struct session *s, const struct config *c)
{
	s->start_ms = clock_ms();
	s->deadline_ms = s->start_ms + c->search_ms;
	s->wait.talk = c->talk;
	s->all_later = 1;
	s->state = "SC";	/* if none is listed */
}

static enum picked
pick_one(struct session *s, const struct config *config, char why[REASON_MAX])
{
	struct candidate *c = &s->candidates[s->picked];
	enum picked picked = PICKED_NONE;

	if (s->picked < config->tries)
		picked = pick_next(&s->pick, &c->record, why);
	if (picked == PICKED_ONE) {
		c->fd = -1;
		s->picked++;
	}
	return picked;
}

static void
open_socket(const struct session *s, struct candidate *c)
{
	c->fd = dial_socket(&c->record, &s->from);
	c->error = c->fd == -1 ? errno : 0;
}

int
session_prepare(struct session *s, const struct config *config, char why[REASON_MAX])
{
	enum picked picked;

	while ((picked = pick_one(s, config, why)) == PICKED_ONE) {
		struct candidate *c = &s->candidates[s->picked - 1];

		if (c->record.route.from_client)
			open_socket(s, c);
	}
	return picked != PICKED_ERROR;
}

/* A client whose address the backend must be told, and cannot be, is given up: the backend
   would take this host for the client, and might relay for it. */
static int
check_address(const struct session *s, const struct candidate *c, char why[REASON_MAX])
{
	const struct route *route = &c->record.route;
	int unknown = route->from_client && c->error == EADDRNOTAVAIL;

	if ((route->proxy > 0 && s->from.len == 0) || unknown)
		return reason(why, "%s: %s: the client's address is not known: %s",
		    c->record.name, unknown ? "source=client" : "send-proxy", s->client.ip);
	if (route->from_client && (c->error == EPERM || c->error == ENOPROTOOPT))
		return reason(why, "%s: source=client: unable to use the client's address: %s",
		    c->record.name, strerror(c->error));
	return 1;
}

const struct candidate *
session_last(const struct session *s)
{
	return &s->candidates[s->tries - 1];
}

static enum tried
failed(struct session *s, const char *step, const char *state, const char *words, size_t len)
{
	s->step = step;
	s->state = state;
	s->reason_len = len < sizeof s->reason ? len : sizeof s->reason;
	memcpy(s->reason, words, s->reason_len);
	return TRIED_FAILED;
}

static enum tried
failed_by_error(struct session *s, const char *step, const char *state, int error)
{
	const char *words = error == 0 ? "connection closed" : strerror(error);

	s->all_later = 0;
	return failed(s, step, state, words, strlen(words));
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

/* Until the attempt has had its time, or all of them together have. */
static int64_t
until(const struct session *s, int64_t now_ms, int64_t timeout_ms)
{
	int64_t then_ms = now_ms + timeout_ms;

	return then_ms < s->deadline_ms ? then_ms : s->deadline_ms;
}

/* A connection, with its PROXY header. */
static enum tried
connect_to(struct session *s, const struct config *config, struct candidate *c)
{
	int64_t began_ms = clock_ms();
	enum dial result = DIAL_FAILED;

	errno = c->error;
	if (c->fd != -1)
		result = dial(c->fd, &c->record.address, &s->wait,
		    until(s, began_ms, config->connect_ms));
	if (result == DIAL_DONE && !send_proxy(s, c))
		result = DIAL_FAILED;
	switch (result) {
	case DIAL_FAILED:
		return failed_by_error(s, "connect", errno == ETIMEDOUT ? "sC" : "SC", errno);
	case DIAL_GONE:
		s->state = "CC";
		return TRIED_GONE;
	case DIAL_TALK:
		return TRIED_TALK;
	case DIAL_DONE:
		break;
	}
	s->connect_ms = clock_ms() - began_ms;
	return TRIED_FOUND;
}

static enum tried
hear_greeting(struct session *s, const struct config *config, const struct candidate *c)
{
	char text[GREETING_TEXT];
	size_t len;
	int64_t began_ms = clock_ms();
	enum greeting greeting = greeting_wait(c->fd, &s->wait,
	    until(s, began_ms, config->greeting_ms), text, &len);
	int error = errno;

	if (len > 0)
		s->greeting_ms = clock_ms() - began_ms;
	switch (greeting) {
	case GREETING_NONE:
		return failed_by_error(s, "greeting", error == ETIMEDOUT ? "sH" : "SH", error);
	case GREETING_LATER:
		return failed(s, "greeting", "SH", text, len);
	case GREETING_GONE:
		s->state = "CH";
		return TRIED_GONE;
	case GREETING_TALK:
		return TRIED_TALK;
	case GREETING_READY:
		break;
	}
	return TRIED_FOUND;
}

/* Those that were prepared and are not needed any more. */
static enum tried
found(struct session *s, enum tried how)
{
	for (int i = s->tries; i < s->picked; i++)
		if (s->candidates[i].fd != -1)
			close(s->candidates[i].fd);
	s->state = "--";
	return how;
}

enum tried
session_try(struct session *s, const struct config *config, char why[REASON_MAX])
{
	enum picked picked = PICKED_ONE;
	struct candidate *c;
	enum tried result;

	if (s->tries > 0 && clock_left(s->deadline_ms) == 0)
		picked = PICKED_NONE;
	else if (s->tries == s->picked)
		picked = pick_one(s, config, why);
	if (picked == PICKED_ERROR)
		return TRIED_ERROR;
	if (picked == PICKED_NONE)
		return s->tries > 0 && s->all_later ? found(s, TRIED_LATER) : TRIED_NONE;
	c = &s->candidates[s->tries++];
	if (s->tries > 1 && c[-1].fd != -1)
		close(c[-1].fd);
	s->connect_ms = s->greeting_ms = -1;
	if (c->fd == -1 && c->error == 0)
		open_socket(s, c);
	if (!check_address(s, c, why))
		return TRIED_ERROR;
	result = connect_to(s, config, c);
	if (result == TRIED_FOUND && config->greeting_ms > 0)
		result = hear_greeting(s, config, c);
	return result == TRIED_FOUND ? found(s, result) : result;
}
