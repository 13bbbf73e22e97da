/*
 * backend: what is known of a backend. See backend.h.
 */
#include "backend.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "backends.h"

/* From a probe's start to one that clients cause. They cause it by being refused, which they may
   have brought about themselves, and a backend may limit how often this host connects. */
enum { NUDGE_MS = 1000 };

static void
changed(struct backends *backends, struct backend *b)
{
	b->since = time(NULL);
	backends->changes++;
}

static void
set_address(struct backend *b, const struct address *address)
{
	b->record.address = *address;
	if (address->len == 0)
		return;
	address_text(address, b->address_text);
	b->record_len = record_format(&b->record, b->record_text);
}

/* A backend that is not probed has its state from the source; but not as long as it has no address. */
static int
has_state_from_source(const struct backend *b)
{
	return b->options.disabled || (b->options.no_check && b->record.address.len > 0);
}

static void
begin(struct backend *b)
{
	if (has_state_from_source(b))
		b->health.state = b->options.disabled ? STATE_DISABLED : STATE_UP;
}

void
backend_make(struct backend *b, const struct entry *e, int64_t place_ms, int64_t now_ms)
{
	b->record = e->record;
	strcpy(b->host, e->host);
	b->options = e->options;
	b->since = time(NULL);
	b->begun_ms = now_ms;
	b->place_ms = place_ms;
	b->next_ms = now_ms - place_ms;
	b->probe.fd = -1;
	set_address(b, &e->record.address);
	begin(b);
}

/* A host's address may be of another family if source= is. */
static int
is_the_same(const struct backend *a, const struct backend *b)
{
	const struct route *r = &a->record.route, *s = &b->record.route;

	if (a->host[0] != '\0' || b->host[0] != '\0')
		return strcmp(a->host, b->host) == 0 &&
		    r->source.any.sa_family == s->source.any.sa_family;
	return address_equal(&a->record.address, &b->record.address);
}

static int64_t
interval(const struct backend *b)
{
	const struct options *o = &b->options;
	int64_t ms = 0;

	if (health_in_transition(&b->health))
		ms = o->fastinter_ms;
	else if (b->health.state == STATE_DOWN)
		ms = o->downinter_ms;
	return ms > 0 ? ms : o->inter_ms;
}

/* When the one after the last probe is due. */
static int64_t
follow(const struct backend *b)
{
	int64_t ms = interval(b);

	return (ms == b->options.inter_ms ? b->start_ms : b->started_ms) + ms;
}

/* A shorter interval counts from the start of the last probe, and a new timeout from that of the one under
   way. Probes that are overdue by it are due now, as all are at first. */
static void
hasten(struct backend *b, const struct backend *old, int64_t now_ms)
{
	int64_t next_ms = follow(b);

	if (b->next_ms > now_ms && b->next_ms > next_ms)
		b->next_ms = next_ms > now_ms ? next_ms : now_ms - b->place_ms;
	if (!probe_has_verdict(&b->probe))
		probe_extend(&b->probe, b->options.timeout_ms - old->options.timeout_ms);
}

void
backend_succeed(struct backend *b, struct backend *old, int64_t now_ms)
{
	if (!is_the_same(b, old))
		return;
	if (!address_equal(&b->record.address, &old->record.address))
		set_address(b, &old->record.address);
	b->lookup.has_failed = old->lookup.has_failed;
	if (old->health.state != STATE_DISABLED && !has_state_from_source(b)) {
		b->health = old->health;
		b->begun_ms = old->begun_ms;
		strcpy(b->last, old->last);
	} else
		begin(b);
	if (b->health.state == old->health.state)
		b->since = old->since;
	if (!backend_is_probed(b) || !backend_is_probed(old))
		return;
	b->offer = old->offer;
	b->nudged = old->nudged;
	b->start_ms = old->start_ms;
	b->started_ms = old->started_ms;
	b->next_ms = old->next_ms;
	probe_move(&b->probe, &old->probe, &b->record, b->options.helo);
	hasten(b, old, now_ms);
}

void
backend_recall(struct backend *b, const struct standing *s)
{
	struct entry old = { .host = "" };

	if (b->host[0] == '\0') {
		if (strcmp(s->address, b->address_text) != 0)
			return;
	} else if (strcmp(s->host, b->host) == 0 && source_parse_address(&old, s->address) &&
	    old.host[0] == '\0' && source_suits(&b->record.route, &old.record.address))
		set_address(b, &old.record.address);
	else
		return;
	if (s->state == STATE_UP || s->state == STATE_DOWN)
		b->health.state = s->state;
	begin(b);
	if (b->health.state == s->state)
		b->since = s->since;
	if (backend_is_probed(b))
		offer_recall(&b->offer, s->pipeconnect);
}

int
backend_is_probed(const struct backend *b)
{
	return !b->options.disabled && !b->options.no_check && b->record.address.len > 0;
}

void
backend_started(struct backend *b, int64_t now_ms)
{
	/* So the probes of many stay as far apart as they were. */
	b->start_ms = now_ms - (now_ms - b->next_ms) % b->options.inter_ms;
	b->started_ms = now_ms;
}

int
backend_result(struct backends *backends, struct backend *b, enum probe_result result,
    int64_t now_ms)
{
	/* The backend limits connections, and clients have used them up: that is no failure. */
	int spared = b->nudged && b->probe.later, is_new = 0;

	if (result == PROBE_PASS)
		is_new = health_pass(&b->health, b->options.rise);
	else if (!spared)
		is_new = health_fail(&b->health, b->options.fall);
	offer_probed(&b->offer, result == PROBE_PASS, b->probe.asks, now_ms);
	b->nudged = 0;
	strcpy(b->last, b->probe.reason);
	b->next_ms = follow(b);
	if (b->next_ms < now_ms)
		b->next_ms = now_ms;
	if (is_new)
		changed(backends, b);
	return is_new;
}

int
backend_answered(struct backends *backends, struct backend *b, int is_made, int64_t now_ms)
{
	int is_new = offer_answered(&b->offer, is_made, now_ms);

	backends->changes += (size_t)is_new;
	return is_new;
}

void
backend_resolved(struct backends *backends, struct backend *b, const struct address *address,
    int64_t now_ms)
{
	if (address_equal(&b->record.address, address))
		return;
	probe_end(&b->probe);
	set_address(b, address);
	memset(&b->health, 0, sizeof b->health);
	begin(b);
	b->offer = (struct offer){ 0 };
	b->nudged = 0;
	b->next_ms = b->begun_ms = now_ms;
	changed(backends, b);
}

int
backend_unresolved(struct backends *backends, struct backend *b, const char *why)
{
	b->said_unresolved = 1;
	if (b->record.address.len > 0 || b->health.state != STATE_UNKNOWN)
		return 0;
	health_fail(&b->health, 1);
	snprintf(b->last, sizeof b->last, "%s", why);
	changed(backends, b);
	return 1;
}

void
backend_hurry(struct backend *b, int64_t now_ms)
{
	if (b->next_ms > now_ms - b->place_ms)
		b->next_ms = now_ms - b->place_ms;
	b->offer.ask_ms = now_ms;
	b->nudged = 0;
}

void
backend_nudge(struct backend *b, int64_t now_ms)
{
	int64_t soonest_ms = b->started_ms + NUDGE_MS;

	if (soonest_ms < now_ms)
		soonest_ms = now_ms;
	/* In transition the next probe comes soon enough, and what is down is known to be. */
	if (b->health.state != STATE_UP || health_in_transition(&b->health) ||
	    b->next_ms <= soonest_ms)
		return;
	b->next_ms = soonest_ms;
	b->nudged = 1;
}

const char *
backend_address(const struct backend *b)
{
	return b->record.address.len > 0 ? b->address_text : b->host;
}
