/*
 * report: etd-connect's lines in the log. See report.h.
 */
#include "report.h"

#include "clock.h"

static void
log_backend(struct log *l, const struct record *r)
{
	char address[ADDRESS_SIZE];

	log_text(l, "backend", r->name);
	log_text(l, "addr", address_text(&r->address, address));
}

void
report_failed(const struct session *s, const char *step)
{
	struct log l;

	log_begin(&l, LOG_PROBLEM, "failed");
	client_log(&l, &s->client);
	log_backend(&l, &session_last(s)->record);
	log_text(&l, "step", step);
	log_bytes(&l, "reason", s->reason, s->reason_len);
	log_end(&l);
}

void
report_none(const struct session *s)
{
	struct log l;

	log_begin(&l, LOG_PROBLEM, "none");
	client_log(&l, &s->client);
	log_number(&l, "tries", s->tries);
	if (s->tries > 0)
		log_bytes(&l, "reason", s->reason, s->reason_len);
	else
		log_text(&l, "reason", "no backend listed");
	log_text(&l, "state", s->state);
	log_end(&l);
}

/* What a session has reached, at its end or when it is another program's. */
static void
log_reached(struct log *l, enum log_level level, const char *event, const struct session *s)
{
	log_begin(l, level, event);
	client_log(l, &s->client);
	log_backend(l, &session_last(s)->record);
	log_number(l, "tries", s->tries);
	log_seconds(l, "connect", s->connect_ms);
	log_seconds(l, "greeting", s->greeting_ms);
}

void
report_connected(const struct session *s)
{
	struct log l;

	log_reached(&l, LOG_ALL, "connected", s);
	log_end(&l);
}

/* A session that ended well, or by the client, is no problem; all others are. */
void
report_end(const struct session *s, const struct relay *r)
{
	int well = s->state[0] == '-' || s->state[0] == 'C' || s->state[0] == 'c';
	struct log l;

	log_reached(&l, well ? LOG_ALL : LOG_PROBLEM, "end", s);
	log_seconds(&l, "total", clock_ms() - s->start_ms);
	log_number(&l, "in", r->in.bytes);
	log_number(&l, "out", r->out.bytes);
	log_text(&l, "state", s->state);
	log_end(&l);
}
