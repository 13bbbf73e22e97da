/*
 * sync: whose turn it is to speak. See sync.h.
 */
#include "sync.h"

#include <string.h>

enum { COMMAND_MAX = 2048 };	/* RFC 5321 4.5.3.1.4 says 512 */

void
sync_begin(struct sync *s, enum sync_until until)
{
	s->until = until;
	s->turn = until == SYNC_OFF ? SYNC_FREE : SYNC_WAIT_GREETING;
	s->command = 0;
	smtp_start(&s->reply);
}

int
sync_is_silent(const struct sync *s)
{
	return s->turn == SYNC_WAIT_GREETING || s->turn == SYNC_WAIT_REPLY;
}

int
sync_is_in_line(const struct sync *s)
{
	return sync_is_silent(s) && s->reply.column > 0;
}

void
sync_told(struct sync *s, const char *bytes, size_t len)
{
	size_t used;

	if (!sync_is_silent(s))
		return;
	switch (smtp_feed(&s->reply, bytes, len, &used)) {
	case SMTP_MORE:
		break;
	case SMTP_DONE:
		s->turn = s->turn == SYNC_WAIT_GREETING && s->until == SYNC_HELO ?
		    SYNC_COMMAND : SYNC_FREE;
		smtp_start(&s->reply);
		break;
	case SMTP_BAD:
		s->turn = SYNC_FREE;
	}
}

int
sync_heard(struct sync *s, const char *bytes, size_t len)
{
	const char *end;

	if (s->turn != SYNC_COMMAND || len == 0)
		return 1;
	end = memchr(bytes, '\n', len);
	s->command += len;
	if (end == NULL && s->command <= COMMAND_MAX)
		return 1;
	s->turn = end == bytes + len - 1 ? SYNC_WAIT_REPLY : SYNC_BROKEN;
	return s->turn != SYNC_BROKEN;
}

const char *
sync_step(const struct sync *s)
{
	return s->turn == SYNC_WAIT_GREETING ? "greeting" : "helo";
}
