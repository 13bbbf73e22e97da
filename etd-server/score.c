/*
 * score: what the lists say of a client. See score.h.
 */
#include "score.h"

#include "number.h"

enum { SCORE_MAX = 1000000 };

static int64_t
read_allow(struct settings *s)
{
	const char *text = setting_filled(s, "ETD_DNSBL_ALLOW");
	int64_t n = 0;

	if (text != NULL && (text[0] != '-' || !number_parse(text + 1, 1, SCORE_MAX, &n)))
		setting_bad(s, "ETD_DNSBL_ALLOW=%s: not a whole number from -%d to -1", text, SCORE_MAX);
	return -n;
}

void
score_read(struct score_settings *c, struct settings *s)
{
	const char *text = setting_filled(s, "ETD_DNSBL");
	char why[REASON_MAX];

	if (!sites_parse(&c->sites, text != NULL ? text : "", why))
		setting_bad(s, "ETD_DNSBL: %s", why);
	c->threshold = setting_filled(s, "ETD_DNSBL_THRESHOLD") == NULL ? 1 :
	    setting_number(s, "ETD_DNSBL_THRESHOLD", 1, 1, SCORE_MAX);
	c->allow = read_allow(s);
	c->action = setting_filled(s, "ETD_DNSBL_ACTION") == NULL ? ACTION_REJECT :
	    (enum action)setting_word(s, "ETD_DNSBL_ACTION", action_names, ACTIONS,
	    "not reject, rblsmtpd or log");
}

static int
matches(const struct site *site, const struct answer *a)
{
	for (int i = 0; i < a->n; i++)
		if (site_matches(site, a->addresses[i]))
			return 1;
	return 0;
}

static void
add_match(struct score *s, const struct site *site, struct answer *a, int *best)
{
	s->points += site->weight;
	if (site->weight > *best) {
		*best = site->weight;
		s->answer = a;
	}
	for (int i = 0; i < s->n; i++)
		if (s->zones[i] == a->zone)
			return;
	s->zones[s->n++] = a->zone;
}

void
score_make(struct score *s, const struct sites *sites, const struct inquiry *inquiry)
{
	int best = 0;

	*s = (struct score){ 0 };
	for (int i = 0; i < sites->n; i++) {
		const struct site *site = &sites->all[i];
		struct answer *a = site->zone != NULL ? inquiry_answer(inquiry, site->zone) : NULL;

		if (a == NULL || site->zone->standing == ZONE_IGNORED)
			continue;
		/* Nobody says when a first test ends: such a client waits for the end of its hold. */
		if (a->open || (site->zone->standing == ZONE_UNTRIED && site->zone->open > 0))
			s->open++;
		if (site->zone->standing == ZONE_GOOD && matches(site, a))
			add_match(s, site, a, &best);
	}
}

int
score_is_listed(const struct score *s, const struct score_settings *c)
{
	return s->points >= c->threshold;
}

int
score_is_allowed(const struct score *s, const struct score_settings *c)
{
	return c->allow < 0 && s->open == 0 && s->points <= c->allow;
}
