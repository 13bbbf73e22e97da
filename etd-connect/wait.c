/*
 * wait: for a backend, with an eye on the client. See wait.h.
 */
#include "wait.h"

#include <errno.h>

#include "clock.h"
#include "talk.h"

enum waited
wait_backend(struct wait *w, int fd, short events, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = fd, .events = events },
			{ .fd = w->spoke ? -1 : 0, .events = TALK_EVENTS }
		};
		int ready = clock_poll(fds, 2, deadline_ms);
		enum talk talk;

		if (ready == 0)
			errno = ETIMEDOUT;
		if (ready <= 0)
			return WAIT_FAILED;
		talk = talk_judge(0, fds[1].revents);
		if (talk == TALK_EARLY && w->talk == WAIT_REFUSE)
			return WAIT_TALKS;
		if (fds[0].revents != 0)
			return WAIT_READY;
		if (talk != TALK_EARLY)
			return WAIT_GONE;
		w->spoke = 1;
		if (w->talk == WAIT_CHOOSE)
			return WAIT_TALKS;
	}
}
