/*
 * talk: whether a client has said something before its turn, and what. Nothing here waits, and
 * no byte is taken: they stay for whoever reads the descriptor next. It is a socket or a pipe.
 */
#ifndef TALK_H
#define TALK_H

#include <poll.h>
#include <stddef.h>

enum talk {
	TALK_SILENT,
	TALK_EARLY,	/* it sent data, whether or not it closed after that */
	TALK_HANGUP,	/* it closed or reset with nothing sent: no talk */
	TALK_ERROR	/* errno: the descriptor cannot be watched */
};

/* What to poll for. POLLPRI: an urgent byte is talk too, though FIONREAD stops before it. */
enum { TALK_EVENTS = POLLIN | POLLPRI };

/* What the client has done, if poll said this of fd. */
enum talk talk_judge(int fd, short revents);

/* The same as of now. */
enum talk talk_look(int fd);

/* What an early talker said. */
struct words {
	int bytes;	/* that had arrived, without urgent ones */
	size_t len;	/* of them, in text */
	char text[100];
};

/* Looks at the first bytes that wait on fd. */
void talk_peek(struct words *, int fd);

/* talk_judge and talk_peek in one, for a socket, at the cost of one call. */
enum talk talk_hear(struct words *, int fd, short revents);

/* What they look like, one of talk_kinds: "smtp", "tls", "http" or "proxy"; "quit" is QUIT and nothing
   else; "binary" is anything else. */
enum { TALK_KINDS = 6 };
extern const char *const talk_kinds[TALK_KINDS];
const char *talk_kind(const struct words *);

#endif
