/*
 * sync: whose turn it is to speak. A client waits for the greeting (RFC 5321 3.1), and after its
 * first command, which may not be pipelined (RFC 2920 3.1), for the reply to that.
 */
#ifndef SYNC_H
#define SYNC_H

#include "smtp.h"

enum sync_until { SYNC_GREETING, SYNC_HELO, SYNC_OFF };

enum sync_turn {
	SYNC_WAIT_GREETING,	/* the client must be silent */
	SYNC_COMMAND,		/* it may send its first command, and that alone */
	SYNC_WAIT_REPLY,	/* it must be silent again */
	SYNC_BROKEN,		/* it has sent more than that command */
	SYNC_FREE		/* it may say what it likes: it is not watched any more */
};

struct sync {
	enum sync_until until;
	enum sync_turn turn;
	struct smtp reply;	/* what the client is being sent */
	size_t command;		/* bytes of its first command so far */
};

/* Begins to watch the client, until that point of the session. */
void sync_begin(struct sync *, enum sync_until);

/* Whether the client must be silent now. */
int sync_is_silent(const struct sync *);

/* Whether it must be silent and has been sent the beginning of a line, but not its end. */
int sync_is_in_line(const struct sync *);

/* These bytes went to the client; the end of a reply may make it the client's turn. If
   they are not an SMTP reply, the client is not watched any more. */
void sync_told(struct sync *, const char *bytes, size_t len);

/* These came from the client, when it need not be silent. Returns 1, or 0 if they are more
   than its first command: the turn is broken then. */
int sync_heard(struct sync *, const char *bytes, size_t len);

/* What the client has not waited for: "greeting" or "helo". */
const char *sync_step(const struct sync *);

#endif
