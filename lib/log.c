/*
 * log: messages and events on descriptor 2. See log.h.
 */
#include "log.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "number.h"

enum { SOURCE_MAX = 100 };

const char *log_program;
enum log_level log_level = LOG_PROBLEM;

int
log_option(int option)
{
	switch (option) {
	case 'q': log_level = LOG_FATAL; return 1;
	case 'Q': log_level = LOG_PROBLEM; return 1;
	case 'v': log_level = LOG_ALL; return 1;
	}
	return 0;
}

static void
add_bytes(struct log *l, const char *s, size_t n)
{
	if (n > sizeof l->line - 1 - l->len)	/* log_end's newline */
		n = sizeof l->line - 1 - l->len;
	memcpy(l->line + l->len, s, n);
	l->len += n;
}

static void
add(struct log *l, const char *s)
{
	add_bytes(l, s, strlen(s));
}

static void
add_escaped(struct log *l, const void *value, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = value;

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
log_begin(struct log *l, enum log_level level, const char *event)
{
	l->len = 0;
	l->wanted = level <= log_level;
	add(l, log_program);
	add(l, ": ");
	add(l, event);
}

void
log_bytes(struct log *l, const char *key, const void *value, size_t len)
{
	int word;

	if (!l->wanted)
		return;
	if (len > SOURCE_MAX)
		len = SOURCE_MAX;
	word = is_word(value, len);
	add(l, " ");
	add(l, key);
	add(l, word ? "=" : "=\"");
	add_escaped(l, value, len);
	if (!word)
		add(l, "\"");
}

void
log_text(struct log *l, const char *key, const char *value)
{
	log_bytes(l, key, value, strlen(value));
}

void
log_number(struct log *l, const char *key, int64_t value)
{
	char s[24];

	snprintf(s, sizeof s, "%lld", (long long)value);
	log_text(l, key, s);
}

void
log_seconds(struct log *l, const char *key, int64_t ms)
{
	char s[NUMBER_SECONDS_SIZE];

	log_text(l, key, number_seconds_text(s, ms));
}

void
log_end(struct log *l)
{
	struct pollfd err = { .fd = 2, .events = POLLOUT };

	l->line[l->len++] = '\n';
	/* Anything but room alone, a closed or broken pipe too, is no place to write. */
	if (l->wanted && poll(&err, 1, 0) == 1 && err.revents == POLLOUT)
		if (write(2, l->line, l->len) == -1)
			return;		/* nobody is left to tell */
}

/* Messages are sentences, not fields: escaped, but neither quoted nor cut. */
static void
message(enum log_level level, const char *kind, const char *format, va_list ap)
{
	struct log l;
	char text[1024];

	vsnprintf(text, sizeof text, format, ap);	/* first: %m wants errno as it was */
	log_begin(&l, level, kind);
	add(&l, ": ");
	add_escaped(&l, text, strlen(text));
	log_end(&l);
}

void
log_verror(const char *format, va_list ap)
{
	message(LOG_FATAL, "fatal", format, ap);
}

void
log_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_verror(format, ap);
	va_end(ap);
}

void
log_fatal(int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_verror(format, ap);
	va_end(ap);
	_exit(code);
}

void
log_warning(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message(LOG_PROBLEM, "warning", format, ap);
	va_end(ap);
}

void
log_usage(const char *synopsis)
{
	struct log l;

	log_begin(&l, LOG_FATAL, "usage: ");
	add(&l, log_program);
	add(&l, " ");
	add(&l, synopsis);
	log_end(&l);
}
