/*
 * report: a session's lines in the log. See report.h.
 */
#include "report.h"

#include "log.h"
#include "verdict.h"

static void
log_backend(struct logfmt *l, const struct record *r)
{
	char address[ADDRESS_SIZE];

	logfmt_text(l, "backend", r->name);
	logfmt_text(l, "addr", address_text(&r->address, address));
}

void
report_failed(const struct session *s)
{
	struct logfmt l;

	log_begin(&l, "failed");
	client_log(&l, &s->client);
	log_backend(&l, &s->backend);
	logfmt_text(&l, "step", s->failed);
	logfmt_bytes(&l, "reason", s->reason, s->reason_len);
	log_end(&l, LOG_PROBLEM);
}

void
report_none(const struct session *s)
{
	struct logfmt l;

	log_begin(&l, "none");
	client_log(&l, &s->client);
	logfmt_number(&l, "tries", s->tries);
	if (s->tries > 0)
		logfmt_bytes(&l, "reason", s->reason, s->reason_len);
	else
		logfmt_text(&l, "reason", "no backend listed");
	logfmt_text(&l, "state", s->state);
	log_end(&l, LOG_PROBLEM);
}

void
report_early(const struct session *s, int64_t now_ms)
{
	struct outcome o = {
		.verdict = VERDICT_EARLY,
		.class = s->finding->class,
		.step = session_turn(s),
		.waited_ms = now_ms - s->start_ms,
		.words = s->relay.words
	};

	verdict_log(&o, &s->client);
}

/* What a session has reached, at its end or when it is another program's. */
static void
log_reached(struct logfmt *l, const char *event, const struct session *s)
{
	log_begin(l, event);
	client_log(l, &s->client);
	log_backend(l, &s->backend);
	logfmt_number(l, "tries", s->tries);
	logfmt_seconds(l, "connect", s->connect_ms);
	logfmt_seconds(l, "greeting", s->greeting_ms);
}

void
report_connected(const struct session *s)
{
	struct logfmt l;

	if (!log_wants(LOG_ALL))
		return;
	log_reached(&l, "connected", s);
	log_end(&l, LOG_ALL);
}

/* A session that ended well, or by the client, or for early talk, which has a line of its own,
   is no problem; all others are. */
static int
is_problem(const char *state)
{
	return state[0] != '-' && state[0] != 'C' && state[0] != 'c' && state[0] != 'P';
}

void
report_end(const struct session *s, int64_t now_ms)
{
	enum log_level level = is_problem(s->state) ? LOG_PROBLEM : LOG_ALL;
	struct logfmt l;

	if (!log_wants(level))
		return;
	log_reached(&l, "end", s);
	logfmt_seconds(&l, "total", now_ms - s->start_ms);
	logfmt_number(&l, "in", s->relay.in.bytes);
	logfmt_number(&l, "out", s->relay.out.bytes);
	logfmt_text(&l, "state", s->state);
	log_end(&l, level);
}
