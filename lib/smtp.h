/*
 * smtp: reads one SMTP reply (RFC 5321 4.2) from fragments of any size.
 *
 * Several lines, a bare LF and a code without text are fine. What is not a reply
 * and what is longer than a reply has a right to be is refused at once.
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
	char text[101];		/* "220 ready": the first line, or what is wrong ... */
	int cut;		/* ... and what was said instead, of whose line more may follow */
	char start[3];		/* of this line */
	size_t bytes, column;	/* read so far: of the reply, of this line */
	int line_code, first, last;
};

/* For the next reply. */
void smtp_start(struct smtp *);

/* Reads of buf[len] up to the end of the reply; *used says how much that was. */
enum smtp_progress smtp_feed(struct smtp *, const char *buf, size_t len, size_t *used);

#endif
