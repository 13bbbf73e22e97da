/*
 * smtp: reads one SMTP reply (RFC 5321 4.2) from fragments of any size.
 *
 * Several lines, a bare LF and a code without text are fine. What is not a reply,
 * or is longer than a reply may be, is refused at once. Of the keywords that a reply to EHLO
 * has in its further lines (RFC 5321 4.1.1.1), one is looked for: PIPECONNECT is Exim's, and
 * a client that has seen it sends EHLO before the next greeting.
 */
#ifndef SMTP_H
#define SMTP_H

#include <stddef.h>

enum smtp_progress {
	SMTP_MORE,	/* the reply goes on */
	SMTP_DONE,	/* code and text are valid */
	SMTP_BAD	/* text says what is wrong with it */
};

struct smtp {
	int code;		/* 220 */
	char text[101];		/* the first line, "220 ready"; for SMTP_BAD what is wrong */
	int cut;		/* text ends with what was said instead of a reply, whose line may
				   go on in what follows */
	int pipeconnect;	/* the reply to EHLO offers PIPECONNECT */
	char start[3];		/* of this line */
	char keyword[16];	/* of EHLO, in this line, as far as it fits */
	size_t bytes, column;	/* read so far: of the reply, of this line */
	int line_code, first, last;
};

/* Gets ready for the next reply. */
void smtp_start(struct smtp *);

/* Reads buf[len], but not beyond the end of the reply; *used says how much that was. */
enum smtp_progress smtp_feed(struct smtp *, const char *buf, size_t len, size_t *used);

#endif
