/*
 * probe: one look at a backend. See probe.h.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "proxy.h"
#include "trace.h"

enum {
	QUIT_MS = 1000,		/* how long the 221 is waited for */
	EHLO_MS = 5000		/* and the reply to an EHLO that decides nothing; so long, this backend's
				   next probe has to wait, too */
};

const char *const probe_steps[] = { "connect", "greeting", "helo" };

/* That a connection stands is shown by what comes in; but a PROXY header is sent at once. */
static unsigned
events(const struct probe *p)
{
	return p->step == PROBE_CONNECT && p->record->route.proxy > 0 ? EPOLLOUT : EPOLLIN;
}

static void
finish(struct probe *p)
{
	if (p->fd != -1)
		prober_close(p->prober, p->fd);
	p->fd = -1;
}

/* Commands are short and the send buffer is empty, so that send takes all or nothing. */
static int
say_bytes(struct probe *p, const char *bytes, size_t len)
{
	if (p->prober->traces)
		trace(p->record->name, "said", bytes, len);
	return send(p->fd, bytes, len, MSG_NOSIGNAL) != -1;
}

static int
say(struct probe *p, const char *command)
{
	return say_bytes(p, command, strlen(command));
}

/* The verdict is known; the reply may take a while, or never come. */
static void
say_ehlo(struct probe *p)
{
	char ehlo[512];		/* RFC 5321 4.5.3.1.4 */

	snprintf(ehlo, sizeof ehlo, "EHLO%s", p->helo + strlen("HELO"));
	p->step = PROBE_EHLO;
	p->deadline_ms = clock_ms() + EHLO_MS;
	smtp_start(&p->reply);
	if (!say(p, ehlo))
		finish(p);
}

/* The verdict is known; leave politely, so that the backend has nothing to log. */
static void
quit(struct probe *p)
{
	p->step = PROBE_QUIT;
	p->deadline_ms = clock_ms() + QUIT_MS;
	smtp_start(&p->reply);
	if (!say(p, "QUIT\r\n"))
		finish(p);
}

static enum probe_result
fail(struct probe *p, const char *reason, int polite)
{
	p->failed = p->step;
	snprintf(p->reason, sizeof p->reason, "%s", reason);
	if (polite)
		quit(p);
	else
		finish(p);
	return PROBE_FAIL;
}

/* As a rule this host does not have the address, so the reason names it. */
static enum probe_result
fail_source(struct probe *p)
{
	char reason[sizeof p->reason], ip[ADDRESS_SIZE];
	const char *why = strerror(errno);

	snprintf(reason, sizeof reason, "source=%s: %s",
	    address_ip(&p->record->route.source, ip), why);
	return fail(p, reason, 0);
}

/* Whether this host is short of descriptors or memory. Otherwise it does not support the backend's
   address family. */
static int
is_short(void)
{
	return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM ||
	    errno == ENOSPC;	/* of what epoll may watch */
}

enum probe_result
probe_start(struct probe *p, struct prober *prober, const struct record *record, const char *helo,
    int asks, int64_t timeout_ms)
{
	const struct address *address = &record->address, *source = &record->route.source;

	p->step = PROBE_CONNECT;
	p->deadline_ms = clock_ms() + timeout_ms;
	p->prober = prober;
	p->record = record;
	p->helo = helo;
	p->asks = asks;
	p->pipeconnect = PROBE_UNANSWERED;
	p->later = 0;
	smtp_start(&p->reply);
	p->fd = prober_socket(prober, address->any.sa_family, events(p), p);
	if (p->fd == -1)
		return is_short() ? PROBE_NONE : fail(p, strerror(errno), 0);
	if (source->len > 0 && address_bind(source, p->fd) == -1)
		return fail_source(p);
	if (connect(p->fd, &address->any, address->len) == -1 && errno != EINPROGRESS)
		return fail(p, strerror(errno), 0);
	return PROBE_NONE;
}

static enum probe_result
expire(struct probe *p)
{
	struct address peer = { .len = sizeof peer.v6 };

	if (p->step == PROBE_CONNECT && getpeername(p->fd, &peer.any, &peer.len) != -1)
		p->step = PROBE_GREETING;
	switch (p->step) {
	case PROBE_CONNECT:
		return fail(p, "no connection in time", 0);
	case PROBE_GREETING:
		return fail(p, "no greeting in time", 0);	/* not ours to speak first */
	case PROBE_HELO:
		return fail(p, "no reply in time", 1);
	case PROBE_EHLO:
		quit(p);
		return PROBE_NONE;
	default:
		finish(p);
		return PROBE_NONE;
	}
}

/* The connection stands, and the PROXY header is the first that it carries; or it has failed. */
static enum probe_result
introduce(struct probe *p)
{
	char header[PROXY_MAX];
	size_t header_len;
	int error;
	socklen_t len = sizeof error;

	if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	if (error != 0)
		return fail(p, strerror(error), 0);
	p->step = PROBE_GREETING;
	prober_watch(p->prober, p->fd, events(p), p);
	header_len = proxy_local(header, (int)p->record->route.proxy, p->fd);
	return say_bytes(p, header, header_len) ? PROBE_NONE : fail(p, strerror(errno), 0);
}

/* A reply to EHLO is there. A server that does not know EHLO offers nothing; one that is busy may. */
static void
note_answer(struct probe *p)
{
	if (p->reply.code / 100 == 2)
		p->pipeconnect = p->reply.pipeconnect ? PROBE_YES : PROBE_NO;
	else if (p->reply.code / 100 == 5)
		p->pipeconnect = PROBE_NO;
}

static enum probe_result
pass(struct probe *p)
{
	snprintf(p->reason, sizeof p->reason, "%s", p->reply.text);
	if (p->said_ehlo)
		note_answer(p);
	if (p->asks && !p->said_ehlo)
		say_ehlo(p);
	else
		quit(p);
	return PROBE_PASS;
}

/* A whole reply is there. */
static enum probe_result
replied(struct probe *p)
{
	if (p->step == PROBE_QUIT) {		/* the 221, whatever it says */
		finish(p);
		return PROBE_NONE;
	}
	if (p->step == PROBE_EHLO) {
		note_answer(p);
		quit(p);
		return PROBE_NONE;
	}
	p->later = p->reply.code / 100 == 4;
	if (p->reply.code / 100 != 2)
		return fail(p, p->reply.text, 1);
	if (p->step == PROBE_HELO)
		return pass(p);
	p->step = PROBE_HELO;
	p->said_ehlo = strncmp(p->helo, "EHLO", 4) == 0;
	smtp_start(&p->reply);
	return say(p, p->helo) ? PROBE_NONE : fail(p, strerror(errno), 0);
}

int
probe_has_verdict(const struct probe *p)
{
	return p->step == PROBE_EHLO || p->step == PROBE_QUIT;
}

/* What was read is no reply. The reason quotes its line, as far as that has been read. */
static enum probe_result
fail_foreign(struct probe *p, const char *rest, size_t len)
{
	char words[sizeof p->reply.text];
	size_t at = strlen(p->reply.text);

	memcpy(words, p->reply.text, at);
	/* strchr finds the NUL, too */
	for (; p->reply.cut && len > 0 && at < sizeof words - 1 && strchr("\r\n", *rest) == NULL; len--)
		words[at++] = *rest++;
	words[at] = '\0';
	return fail(p, words, 1);
}

/* What one read brought may hold more than one reply. */
static enum probe_result
feed(struct probe *p, const char *buf, size_t len)
{
	enum probe_result r, result = PROBE_NONE;
	enum probe_step began = p->step;
	size_t used;

	for (; len > 0 && p->fd != -1; buf += used, len -= used) {
		switch (smtp_feed(&p->reply, buf, len, &used)) {
		case SMTP_MORE:
			continue;
		case SMTP_DONE:
			if (p->step == PROBE_HELO && began != PROBE_HELO && p->reply.code / 100 == 2)
				r = fail(p, "a reply before HELO was sent", 1);
			else if (p->step == PROBE_EHLO && began != PROBE_EHLO) {
				quit(p);	/* nor can this be the reply to EHLO */
				r = PROBE_NONE;
			} else
				r = replied(p);
			break;
		default:
			if (probe_has_verdict(p)) {
				finish(p);
				return result;
			}
			r = fail_foreign(p, buf + used, len - used);
		}
		if (r != PROBE_NONE)
			result = r;
	}
	return result;
}

enum probe_result
probe_run(struct probe *p, int expired)
{
	char buf[4096];
	ssize_t n;

	if (expired)
		return expire(p);
	if (p->step == PROBE_CONNECT && p->record->route.proxy > 0)
		return introduce(p);
	n = recv(p->fd, buf, sizeof buf, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return PROBE_NONE;
	/* Only a connection that stood can be reset. */
	if (p->step == PROBE_CONNECT && (n != -1 || errno == ECONNRESET))
		p->step = PROBE_GREETING;
	if (n > 0) {
		if (p->prober->traces)
			trace(p->record->name, "heard", buf, (size_t)n);
		return feed(p, buf, (size_t)n);
	}
	if (!probe_has_verdict(p))
		return fail(p, n == 0 ? "connection closed" : strerror(errno), 0);
	finish(p);
	return PROBE_NONE;
}

void
probe_extend(struct probe *p, int64_t ms)
{
	p->deadline_ms += ms;
}

void
probe_move(struct probe *to, struct probe *from, const struct record *record, const char *helo)
{
	if (from->fd == -1)
		return;
	*to = *from;
	to->record = record;
	to->helo = helo;
	prober_watch(to->prober, to->fd, events(to), to);
	from->fd = -1;
}

void
probe_end(struct probe *p)
{
	if (p->fd == -1)
		return;
	if (p->step == PROBE_HELO || p->step == PROBE_EHLO)
		say(p, "QUIT\r\n");
	finish(p);
}
