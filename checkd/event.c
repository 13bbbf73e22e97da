/*
 * event: what the log says of a backend. See event.h.
 */
#include "event.h"

#include <string.h>

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

void
event_pipeconnect(const char *name, int is_offered)
{
	if (is_offered)
		log_warning("%s advertises PIPECONNECT: Exim clients that know it talk early, and are "
		    "refused: set 'pipelining_connect_advertise_hosts =' there", name);
	else
		log_warning("%s no longer advertises PIPECONNECT", name);
}

static void
came_or_went(const char *event, const struct backend *b)
{
	struct logfmt l;

	begin(&l, event, b);
	log_end(&l, LOG_PROBLEM);
}

static void
change(const struct backend *b, const char *option, const char *now, const char *was)
{
	struct logfmt l;

	begin(&l, "changed", b);
	logfmt_text(&l, "option", option);
	logfmt_text(&l, "now", now);
	logfmt_text(&l, "was", was);
	log_end(&l, LOG_PROBLEM);
}

/* As the source gives it. */
static const char *
place(const struct backend *b)
{
	return b->host[0] != '\0' ? b->host : b->address_text;
}

/* Returns whether anything has changed. */
static int
changes(const struct backend *now, const struct backend *was)
{
	int changed = strcmp(place(now), place(was)) != 0;
	struct difference d;

	if (changed)
		change(now, "address", place(now), place(was));
	for (size_t at = 0; options_difference(&now->options, &was->options, &at, &d); changed = 1)
		change(now, d.option, d.now, d.was);
	return changed;
}

void
event_reload(const struct backends *now, const struct backends *was)
{
	int added = 0, removed = 0, changed = 0;
	struct logfmt l;

	for (size_t i = 0; i < was->n; i++)
		if (backends_find(now, was->all[i].record.name) == NULL) {
			came_or_went("removed", &was->all[i]);
			removed++;
		}
	for (size_t i = 0; i < now->n; i++) {
		const struct backend *b = &now->all[i], *old = backends_find(was, b->record.name);

		if (old == NULL) {
			came_or_went("added", b);
			added++;
		} else
			changed += changes(b, old);
	}
	log_begin(&l, "reload");
	logfmt_number(&l, "backends", (int64_t)now->n);
	logfmt_number(&l, "added", added);
	logfmt_number(&l, "removed", removed);
	logfmt_number(&l, "changed", changed);
	log_end(&l, LOG_PROBLEM);
}
