/*
 * report: what the log says of a backend. See report.h.
 */
#include "report.h"

#include "log.h"

static void
begin(struct log *l, enum log_level level, const char *event, struct backend *b)
{
	log_begin(l, level, event);
	log_text(l, "backend", b->record.name);
	log_text(l, "addr", source_address(b));
}

static void
failure(enum log_level level, const char *event, struct backend *b, const char *step)
{
	struct log l;

	begin(&l, level, event, b);
	log_number(&l, "failures", b->health.failures);
	log_text(&l, "step", step);
	log_text(&l, "reason", b->last);
	log_end(&l);
}

void
report_result(struct backend *b, int changed)
{
	const char *state = state_names[b->health.state], *step = probe_steps[b->probe.failed];
	struct log l;

	if (b->health.failures > 0)
		failure(changed ? LOG_PROBLEM : LOG_ALL, changed ? state : "fail", b, step);
	else if (changed) {
		begin(&l, LOG_PROBLEM, state, b);
		log_number(&l, "passes", b->health.passes);
		log_end(&l);
	}
}

void
report_unresolved(struct backend *b)
{
	failure(LOG_PROBLEM, state_names[DOWN], b, "resolve");
}
