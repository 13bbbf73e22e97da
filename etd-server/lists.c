/*
 * lists: a client's way past the DNS lists. See lists.h.
 */
#include "lists.h"

#include <stdio.h>

#include "connection.h"
#include "farewell.h"
#include "held.h"

/* The lists by the names of these sites. */
static void
find_zones(struct front *f, struct sites *sites)
{
	for (int i = 0; i < sites->n; i++)
		if (sites->all[i].zone == NULL)
			sites->all[i].zone = zones_find(&f->zones, sites->all[i].domain);
}

/* What they say of the client now. A rule's policy may have been read anew since they were asked: its
   sites do not know their lists then. */
static void
judge(struct front *f, const struct held *h, struct policy *p, struct score *s)
{
	find_zones(f, &p->score.sites);
	score_make(s, &p->score.sites, h->asker.inquiry);
}

void
lists_begin(struct front *f, struct policy *usual)
{
	find_zones(f, &usual->score.sites);
}

void
lists_ask(struct front *f, struct held *h, struct policy *p, int64_t hold_ms)
{
	struct sites *sites = &p->score.sites;
	int64_t least_ms = hold_ms < LISTS_LEAST_MS ? hold_ms : LISTS_LEAST_MS;
	struct score s;

	if (sites->n == 0 || !inquiry_join(&f->inquiries, &h->asker, &h->address))
		return;
	find_zones(f, sites);
	for (int i = 0; i < sites->n; i++) {
		struct zone *zone = sites->all[i].zone;

		if (zone != NULL && zone->standing != ZONE_IGNORED)
			inquiry_ask(h->asker.inquiry, zone);
	}
	judge(f, h, p, &s);
	if (s.open > 0 && h->due.at_ms < f->now_ms + least_ms)
		heap_set(&f->clients.heap, &h->due, f->now_ms + least_ms);
}

int
lists_news(struct front *f, struct held *h, struct policy *p)
{
	struct score s;

	if (h->asker.inquiry == NULL)
		return 0;
	judge(f, h, p, &s);
	if (s.answer != NULL && p->score.action != ACTION_LOG)
		inquiry_ask_text(s.answer);
	if (h->verdict == VERDICT_EARLY)	/* it is not held to see whether it talks */
		return s.open == 0 && !score_is_listed(&s, &p->score);
	return score_is_allowed(&s, &p->score);
}

static void
make_refusal(const struct held *h, const struct score *s, struct refusal *refusal)
{
	char reply[511], ip[ADDRESS_SIZE];
	const char *text = s->answer->text;

	snprintf(reply, sizeof reply, "554 5.7.1 Refused: %s is listed by %s%s%s",
	    address_ip(&h->address, ip), s->answer->zone->shown, text != NULL ? ": " : "",
	    text != NULL ? text : "");
	refusal_make(refusal, reply);
}

int
lists_let_in(struct front *f, struct held *h, int is_its_turn)
{
	char why[REASON_MAX];
	struct policy *p = terms_of(&f->terms, &h->rule, why);
	struct refusal refusal;
	struct score s;

	if (h->asker.inquiry == NULL || p == NULL || (p->score.action != ACTION_REJECT && !is_its_turn))
		return 1;
	judge(f, h, p, &s);
	if (!score_is_listed(&s, &p->score))
		return 1;
	h->waited_ms = f->now_ms - h->accepted_ms;
	connection_log_listed(h, &s, p->score.action);
	front_count(f, h, COUNT_LISTED);
	held_forget(f, h, p);
	if (p->score.action != ACTION_REJECT) {
		h->listed = 1;
		if (h->verdict != VERDICT_EARLY)	/* for the next program that is the weightier news */
			h->verdict = VERDICT_LISTED;
		return 1;
	}
	make_refusal(h, &s, &refusal);
	farewell_reply(f, h, refusal.lines);
	return 0;
}

int
lists_have_answered(struct front *f, const struct held *h, struct policy *p)
{
	const struct sites *sites = &p->score.sites;

	find_zones(f, &p->score.sites);
	for (int i = 0; i < sites->n; i++) {
		const struct zone *zone = sites->all[i].zone;
		const struct answer *a;

		if (zone == NULL || zone->standing == ZONE_IGNORED || zone->silent)
			continue;
		a = h->asker.inquiry != NULL ? inquiry_answer(h->asker.inquiry, zone) : NULL;
		if (a == NULL || a->open || a->status == LOOKUP_FAILED)
			return 0;
	}
	return 1;
}

void
lists_refusal(struct front *f, const struct held *h, struct policy *p, struct refusal *refusal)
{
	struct score s;

	judge(f, h, p, &s);
	make_refusal(h, &s, refusal);
}
