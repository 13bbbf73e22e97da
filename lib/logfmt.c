/*
 * logfmt: one line of key=value pairs. See logfmt.h.
 */
#include "logfmt.h"

#include <stdio.h>
#include <string.h>

#include "number.h"

enum { SOURCE_MAX = 100 };

static void
add_bytes(struct logfmt *l, const char *s, size_t n)
{
	if (n > sizeof l->line - 1 - l->len)	/* log_end's newline */
		n = sizeof l->line - 1 - l->len;
	memcpy(l->line + l->len, s, n);
	l->len += n;
}

void
logfmt_begin(struct logfmt *l, const char *text)
{
	l->len = 0;
	logfmt_add(l, text);
}

void
logfmt_add(struct logfmt *l, const char *text)
{
	add_bytes(l, text, strlen(text));
}

void
logfmt_escape(struct logfmt *l, const void *bytes, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = bytes;

	for (; n > 0; n--, s++) {
		char e[4] = { '\\', 'x', hex[*s >> 4], hex[*s & 15] };
		size_t len = 2;

		switch (*s) {
		case '\r': e[1] = 'r'; break;
		case '\n': e[1] = 'n'; break;
		case '\t': e[1] = 't'; break;
		case '"': case '\\': e[1] = (char)*s; break;
		default:
			if (*s >= ' ' && *s <= '~') {
				e[0] = (char)*s;
				len = 1;
			} else
				len = 4;
		}
		add_bytes(l, e, len);
	}
}

/* Plain words need no quotes: no space, nothing to escape, no '='. */
static int
is_word(const void *value, size_t n)
{
	const unsigned char *s = value;

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || strchr("\"\\=", s[i]))
			return 0;
	return n > 0;
}

void
logfmt_bytes(struct logfmt *l, const char *key, const void *value, size_t len)
{
	int word;

	if (len > SOURCE_MAX)
		len = SOURCE_MAX;
	word = is_word(value, len);
	logfmt_add(l, " ");
	logfmt_add(l, key);
	logfmt_add(l, word ? "=" : "=\"");
	logfmt_escape(l, value, len);
	if (!word)
		logfmt_add(l, "\"");
}

void
logfmt_text(struct logfmt *l, const char *key, const char *value)
{
	logfmt_bytes(l, key, value, strlen(value));
}

void
logfmt_number(struct logfmt *l, const char *key, int64_t value)
{
	char s[24];

	snprintf(s, sizeof s, "%lld", (long long)value);
	logfmt_text(l, key, s);
}

void
logfmt_seconds(struct logfmt *l, const char *key, int64_t ms)
{
	char s[NUMBER_SECONDS_SIZE];

	logfmt_text(l, key, number_seconds_text(s, ms));
}
