/*
 * health: from passes and failures to up and down. See health.h.
 */
#include "health.h"

const char *const state_names[] = { "unknown", "up", "down" };

static int
become(struct health *h, enum state state, int streak, int enough)
{
	if (h->state == state || (h->state != UNKNOWN && streak < enough))
		return 0;
	h->state = state;
	return 1;
}

int
health_pass(struct health *h, int rise)
{
	h->failures = 0;
	if (h->passes < 1000000)
		h->passes++;
	return become(h, UP, h->passes, rise);
}

int
health_fail(struct health *h, int fall)
{
	h->passes = 0;
	if (h->failures < 1000000)
		h->failures++;
	return become(h, DOWN, h->failures, fall);
}
