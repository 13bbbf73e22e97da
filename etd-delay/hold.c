/*
 * hold: the wait in which a client must be silent. See hold.h.
 */
#include "hold.h"

#include "clock.h"

enum talk
hold_wait(int64_t hold_ms, int64_t *waited_ms)
{
	struct pollfd in = { .fd = 0, .events = TALK_EVENTS };
	int64_t start_ms = clock_ms();
	int ready = clock_poll(&in, 1, start_ms + hold_ms);

	*waited_ms = clock_ms() - start_ms;
	return ready == -1 ? TALK_ERROR : talk_judge(0, in.revents);
}
