/*
 * smtp: reads one SMTP reply from fragments of any size. See smtp.h.
 */
#include "smtp.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	LINE_MAX_BYTES = 2048,	/* RFC 5321 4.5.3.1.5 says 512 */
	REPLY_MAX_BYTES = 65536,
	KEYWORD = 4		/* its column */
};

/* As Exim calls it since 4.96, in 4.95, and before. */
static const char *const pipeconnect[] = { "PIPECONNECT", "PIPE_CONNECT", "X_PIPE_CONNECT" };

void
smtp_start(struct smtp *s)
{
	memset(s, 0, sizeof *s);
	s->first = 1;
}

static enum smtp_progress
bad(struct smtp *s, const char *what)
{
	snprintf(s->text, sizeof s->text, "%s", what);
	return SMTP_BAD;
}

/* A line that begins as no reply's does: it may tell which protocol is spoken there. */
static enum smtp_progress
foreign(struct smtp *s, char c)
{
	snprintf(s->text, sizeof s->text, "not an SMTP reply: %.*s%c", (int)s->column, s->start, c);
	s->cut = 1;
	return SMTP_BAD;
}

/* A keyword of EHLO ends with the line or at a space. The first line is the server's name. */
static void
note_keyword(struct smtp *s)
{
	s->keyword[strcspn(s->keyword, " ")] = '\0';
	for (size_t i = 0; !s->first && i < sizeof pipeconnect / sizeof pipeconnect[0]; i++)
		if (strcasecmp(s->keyword, pipeconnect[i]) == 0)
			s->pipeconnect = 1;
	memset(s->keyword, 0, sizeof s->keyword);
}

/* At the LF. A code alone, "220", is the last line of a reply too. */
static enum smtp_progress
end_of_line(struct smtp *s)
{
	if (s->column < 3)
		return bad(s, "a line without a reply code");
	if (s->first)
		s->code = s->line_code;
	else if (s->code != s->line_code)
		return bad(s, "a reply with two codes");
	note_keyword(s);
	if (s->column == 3 || s->last)
		return SMTP_DONE;
	s->first = 0;
	s->column = 0;
	s->line_code = 0;
	return SMTP_MORE;
}

static enum smtp_progress
add(struct smtp *s, char c)
{
	if (++s->bytes > REPLY_MAX_BYTES)
		return bad(s, "a reply without end");
	if (c == '\n')
		return end_of_line(s);
	if (c == '\r')
		return SMTP_MORE;
	if (c == '\0')
		return bad(s, "a NUL byte in the reply");
	if (s->column < 3) {
		if (c < '0' || c > '9')
			return foreign(s, c);
		s->start[s->column] = c;
		s->line_code = s->line_code * 10 + (c - '0');
	} else if (s->column == 3) {
		if (c != ' ' && c != '-')
			return foreign(s, c);
		s->last = c == ' ';
	}
	if (s->first && s->column < sizeof s->text - 1)
		s->text[s->column] = c;
	if (s->column >= KEYWORD && s->column - KEYWORD < sizeof s->keyword - 1)
		s->keyword[s->column - KEYWORD] = c;
	if (++s->column > LINE_MAX_BYTES)
		return bad(s, "an over-long line");
	return SMTP_MORE;
}

enum smtp_progress
smtp_feed(struct smtp *s, const char *buf, size_t len, size_t *used)
{
	enum smtp_progress progress = SMTP_MORE;
	size_t i;

	for (i = 0; i < len && progress == SMTP_MORE; i++)
		progress = add(s, buf[i]);
	*used = i;
	return progress;
}
