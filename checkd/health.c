/*
 * health: from passes and failures to up and down. See health.h.
 */
#include "health.h"

static int
become(struct health *h, enum state state, int64_t streak, int64_t enough)
{
	if (h->state == state || (h->state != STATE_UNKNOWN && streak < enough))
		return 0;
	h->state = state;
	return 1;
}

int
health_pass(struct health *h, int64_t rise)
{
	h->failures = 0;
	if (h->passes < 1000000)
		h->passes++;
	return become(h, STATE_UP, h->passes, rise);
}

int
health_fail(struct health *h, int64_t fall)
{
	h->passes = 0;
	if (h->failures < 1000000)
		h->failures++;
	return become(h, STATE_DOWN, h->failures, fall);
}

int
health_in_transition(const struct health *h)
{
	return (h->state == STATE_UP && h->failures > 0) || (h->state == STATE_DOWN && h->passes > 0);
}
