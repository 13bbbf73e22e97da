/*
 * mail: see mail.h.
 */
#include "mail.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 66, AROUND = 200 };	/* of a line of the body with its CR LF; the header and the end */

/* Marsaglia's xorshift: cheap, and the same everywhere. */
static uint64_t
next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* The letters include the dot, so that some lines begin with it, and some are one. */
static char *
add_line(char *p, uint64_t *state)
{
	static const char letters[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .";
	uint64_t bits = next(state);
	int n = bits % 64 == 0 ? 1 : LINE - 3;

	if (bits % 8 == 0) {
		*p++ = '.';
		*p++ = '.';
		n--;
	}
	for (int i = 0; i < n; i++) {
		if (i % 10 == 0)
			bits = next(state);
		*p++ = letters[bits % 64];
		if (i == 0 && p[-1] == '.')
			p[-1] = '-';
		bits >>= 6;
	}
	*p++ = '\r';
	*p++ = '\n';
	return p;
}

char *
mail_make(unsigned long id, size_t bytes, size_t *len)
{
	uint64_t state = (id + 1) * 0x9e3779b97f4a7c15U;
	char *text = malloc(bytes + LINE + AROUND), *p = text;

	if (text == NULL)
		err(111, "mail");
	p += sprintf(p, MAIL_MARK "%lu %zu\r\nSubject: soak\r\n\r\n", id, bytes);
	while (p < text + bytes)
		p = add_line(p, &state);
	p += sprintf(p, "end %lu\r\n.\r\n", id);
	*len = (size_t)(p - text);
	return text;
}

/* Takes the additional dots and the last line away and, unless they are kept, each CR. Returns the length. */
static size_t
unpack(char *text, size_t len, int keep_cr)
{
	const char *end = text + len - 3;
	char *to = text;

	for (const char *p = text; p < end; p++) {
		if ((*p == '\r' && !keep_cr) || (*p == '.' && (p == text || p[-1] == '\n')))
			continue;
		*to++ = *p;
	}
	return (size_t)(to - text);
}

char *
mail_stored(unsigned long id, size_t bytes, size_t *len)
{
	char *text = mail_make(id, bytes, len);

	*len = unpack(text, *len, 0);
	return text;
}

char *
mail_chunks(unsigned long id, size_t bytes, size_t *len)
{
	char *text = mail_make(id, bytes, len), *chunks = malloc(*len + MAIL_CHUNKS * LINE), *p = chunks;
	size_t left = unpack(text, *len, 1), each = left / MAIL_CHUNKS;

	if (chunks == NULL)
		err(111, "mail");
	for (const char *from = text; left > 0; from += each) {
		int last = left < 2 * each;

		each = last ? left : each;
		p += sprintf(p, "BDAT %zu%s\r\n", each, last ? " LAST" : "");
		p = mempcpy(p, from, each);
		left -= each;
	}
	free(text);
	*len = (size_t)(p - chunks);
	return chunks;
}
