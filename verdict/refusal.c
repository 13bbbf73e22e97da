/*
 * refusal: the reply to an early talker. See refusal.h.
 */
#include "refusal.h"

#include <ctype.h>
#include <string.h>

static const char builtin[] = "554 5.5.1 Refused: you talked before the greeting";

/* One line of a reply: the code of the first, a space or for all but the last a hyphen,
   and printable ASCII. */
static int
line_is_good(const char *line, size_t len, const char *code, int last)
{
	if (len < 5 || len > 510 || (line[0] != '4' && line[0] != '5') ||
	    !isdigit((unsigned char)line[1]) || !isdigit((unsigned char)line[2]) ||
	    memcmp(line, code, 3) != 0 || line[3] != (last ? ' ' : '-'))
		return 0;
	for (size_t i = 4; i < len; i++)
		if (line[i] < ' ' || line[i] > '~')
			return 0;
	return 1;
}

/* Where the line after this one begins, or NULL; *len is this one's length. */
static const char *
line_end(const char *line, size_t *len)
{
	const char *next = line + (*len = strcspn(line, "\r\n"));

	next += strspn(next, "\r\n");
	return *next != '\0' ? next : NULL;
}

const char *
refusal_read(struct settings *s)
{
	const char *reply = setting_get(s, "ETD_REPLY"), *line, *next;
	size_t len, total = 0;

	if (reply == NULL)
		return builtin;
	for (line = reply; line != NULL; line = next) {
		next = line_end(line, &len);
		total += len + 2;
		if (!line_is_good(line, len, reply, next == NULL) || total > REFUSAL_MAX) {
			setting_bad(s, "ETD_REPLY=%s: not a 4xx or 5xx reply", reply);
			return builtin;
		}
	}
	return reply;
}

static void
append(char *to, size_t size, const char *s, size_t n)
{
	size_t used = strlen(to);

	if (n > size - 1 - used)
		n = size - 1 - used;
	memcpy(to + used, s, n);
	to[used + n] = '\0';
}

void
refusal_make(struct refusal *r, const char *reply)
{
	const char *line, *next;
	size_t len, skip;

	r->lines[0] = '\0';
	strcpy(r->listed, *reply == '5' ? "-" : "");
	for (line = reply; line != NULL; line = next) {
		next = line_end(line, &len);
		append(r->lines, sizeof r->lines, line, len);
		append(r->lines, sizeof r->lines, "\r\n", 2);
		if (line != reply)
			append(r->listed, sizeof r->listed, " ", 1);
		/* A hyphen would make 553 of a 4xx. */
		skip = *r->listed == '\0' ? strspn(line + 4, "-") : 0;
		append(r->listed, sizeof r->listed, line + 4 + skip, len - 4 - skip);
	}
}
