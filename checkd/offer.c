/*
 * offer: whether a backend offers PIPECONNECT. See offer.h.
 */
#include "offer.h"

enum { HOUR_MS = 3600000 };

void
offer_recall(struct offer *o, int is_made)
{
	o->is_made = is_made;
	o->said = is_made ? SAID_BEFORE : SAID_NOTHING;
}

int
offer_is_asked(const struct offer *o, int64_t now_ms)
{
	return now_ms >= o->ask_ms;
}

void
offer_probed(struct offer *o, int passed, int asked, int64_t now_ms)
{
	if (!passed)
		o->ask_ms = now_ms;	/* it may come back as another server */
	else if (asked)
		o->ask_ms = now_ms + HOUR_MS;
}

int
offer_answered(struct offer *o, int is_made, int64_t now_ms)
{
	int is_news = is_made ? o->said != SAID_MADE && now_ms >= o->warn_ms : o->said != SAID_NOTHING;

	o->is_made = is_made;
	if (!is_news)
		return 0;
	o->said = is_made ? SAID_MADE : SAID_NOTHING;
	if (is_made)
		o->warn_ms = now_ms + HOUR_MS;
	return 1;
}
