/*
 * source: the backends as the administrator wrote them. See source.h.
 */
#include "source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "seen.h"
#include "text.h"

enum { LINE_BYTES = 4096 };

struct place {
	const char *path;
	void (*say)(const char *format, ...);
	int line;
	int bad;	/* mistakes so far */
	size_t backends;	/* lines that name one, good or bad */
	struct seen names;	/* in the text */
};

static void bad(struct place *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
bad(struct place *at, const char *format, ...)
{
	char what[REASON_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	at->say("%s:%d: %s", at->path, at->line, what);
	at->bad++;
}

/* Letters, digits, dots and hyphens. A mistyped address such as 10.0.0.256 is no host, since no
   top-level domain is a number (RFC 3696, 2). */
static int
is_host(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	const char *dot = strrchr(text, '.'), *last = dot != NULL ? dot + 1 : text;

	return len > 0 && text[len] == '\0' && last[strspn(last, "0123456789")] != '\0';
}

int
source_parse_address(struct entry *e, const char *text)
{
	char ip[256];
	const char *port = strrchr(text, ':'), *start = text;
	size_t len;
	int64_t n;

	if (port == NULL)
		return 0;
	len = (size_t)(port - text);
	if (text[0] == '[' && len >= 2 && text[len - 1] == ']') {
		start++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL)
		return 0;
	if (len >= sizeof ip)
		return 0;
	memcpy(ip, start, len);
	ip[len] = '\0';
	if (address_parse(&e->record.address, ip, port + 1))
		return 1;
	if (start != text || !is_host(ip) || !number_parse(port + 1, 1, 65535, &n))
		return 0;
	snprintf(e->host, sizeof e->host, "%s:%lld", ip, (long long)n);
	return 1;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Returns NULL with errno where memory runs out. */
static struct entry *
append(struct source *source)
{
	struct entry *e;

	if (source->n == source->room) {
		size_t room = source->room > 0 ? 2 * source->room : 16;

		e = reallocarray(source->entries, room, sizeof *e);
		if (e == NULL)
			return NULL;
		source->entries = e;
		source->room = room;
	}
	e = &source->entries[source->n++];
	memset(e, 0, sizeof *e);
	return e;
}

int
source_suits(const struct route *route, const struct address *to)
{
	return route->source.len == 0 || route->source.any.sa_family == to->any.sa_family;
}

/* For a host the resolver is asked for an address of the right family. */
static void
check_family(const struct entry *e, struct place *at)
{
	const struct record *r = &e->record;
	char source[ADDRESS_SIZE], target[ADDRESS_SIZE];

	if (r->address.len > 0 && !source_suits(&r->route, &r->address))
		bad(at, "source=%s: of another family than %s",
		    address_ip(&r->route.source, source), address_text(&r->address, target));
}

static const char space[] = " \t\r\n";

static void
read_options(struct options *o, char **rest, struct place *at)
{
	char why[REASON_MAX];
	char *word;

	while ((word = strtok_r(NULL, space, rest)) != NULL)
		if (!options_set(o, word, why))
			bad(at, "%s", why);
}

/* Returns 0 with errno where memory runs out. */
static int
read_backend(struct source *source, const struct options *defaults, const char *name,
    char **rest, struct place *at)
{
	const char *address = strtok_r(NULL, space, rest);
	const char *first;
	struct entry *e;

	if (!record_name_is_good(name)) {
		bad(at, "bad name %s", name);
		return 1;
	}
	first = seen_add(&at->names, name);
	if (first != NULL && first != name) {
		bad(at, "a second backend %s", name);
		return 1;
	}
	e = first != NULL ? append(source) : NULL;
	if (e == NULL) {
		errno = ENOMEM;
		return 0;
	}
	strcpy(e->record.name, name);
	e->options = *defaults;
	if (address == NULL)
		bad(at, "%s has no address", name);
	else if (!source_parse_address(e, address))
		bad(at, "bad address %s: not address:port", address);
	read_options(&e->options, rest, at);
	e->record.route = e->options.route;
	e->record.weight = e->options.weight;
	check_family(e, at);
	return 1;
}

/* Returns 0 with errno where it is of no use to go on. */
static int
read_line(struct source *source, struct options *defaults, char *line, struct place *at)
{
	char *rest, *word = strtok_r(line, space, &rest);

	if (word == NULL || *word == '#')
		return 1;
	if (strcmp(word, "default") == 0) {
		read_options(defaults, &rest, at);
		return 1;
	}
	if (at->backends++ < SOURCE_MAX)
		return read_backend(source, defaults, word, &rest, at);
	bad(at, "more than %d backends", SOURCE_MAX);
	errno = EFBIG;
	return 0;
}

/* Returns 1, or 0 with errno where it does not come to the end. */
static int
read_lines(struct source *source, struct text *text, struct place *at)
{
	char *line = text->bytes, *end = line + text->len, *next;
	struct options defaults;

	options_default(&defaults);
	for (; line < end; line = next) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline != NULL ? newline : end) - line);

		next = line + len + (newline != NULL);
		line[len] = '\0';	/* the text has one more byte than its length */
		at->line++;
		if (len > LINE_BYTES)
			bad(at, "a line of more than %d bytes", LINE_BYTES);
		else if (memchr(line, '\0', len) != NULL)
			bad(at, "a NUL byte");
		else if (!read_line(source, &defaults, line, at))
			return 0;
	}
	return 1;
}

int
source_read(struct source *source, const char *path, int may_wait,
    void (*say)(const char *format, ...))
{
	struct place at = { .path = path, .say = say, .names = { .compare = compare } };
	char why[REASON_MAX];
	struct text text;
	int error = 0;

	*source = (struct source){ 0 };
	if (!text_read(&text, path, may_wait, why)) {
		error = errno;
		say("%s", why);
	} else if (!read_lines(source, &text, &at)) {
		error = errno;
		if (error == ENOMEM)
			say("unable to read %s: %m", path);
	} else if (at.bad == 0 && source->n == 0) {
		say("%s: no backend", path);
		at.bad++;
	}
	seen_free(&at.names);
	text_free(&text);
	errno = error;
	return error == 0 && at.bad == 0;
}

void
source_free(struct source *source)
{
	free(source->entries);
	*source = (struct source){ 0 };
}
