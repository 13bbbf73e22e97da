/*
 * event: what the log says of a backend. See event.h.
 */
#include "event.h"

#include "log.h"

static void
begin(struct logfmt *l, const char *event, const struct backend *b)
{
	log_begin(l, event);
	logfmt_text(l, "backend", b->record.name);
	logfmt_text(l, "addr", backend_address(b));
}

static void
failure(enum log_level level, const char *event, const struct backend *b, const char *step)
{
	struct logfmt l;

	if (!log_wants(level))
		return;
	begin(&l, event, b);
	logfmt_number(&l, "failures", b->health.failures);
	logfmt_text(&l, "step", step);
	logfmt_text(&l, "reason", b->last);
	log_end(&l, level);
}

void
event_result(const struct backend *b, enum probe_result result, int changed)
{
	const char *state = state_names[b->health.state], *step = probe_steps[b->probe.failed];
	struct logfmt l;

	if (result == PROBE_FAIL)
		failure(changed ? LOG_PROBLEM : LOG_ALL, changed ? state : "fail", b, step);
	else if (changed) {
		begin(&l, state, b);
		logfmt_number(&l, "passes", b->health.passes);
		log_end(&l, LOG_PROBLEM);
	}
}

void
event_unresolved(const struct backend *b)
{
	failure(LOG_PROBLEM, state_names[STATE_DOWN], b, "resolve");
}
