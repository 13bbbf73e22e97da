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

struct place {
	const char *path;
	void (*say)(const char *format, ...);
	int line;
	int bad;	/* mistakes so far */
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
has(const struct source *source, const char *name)
{
	for (size_t i = 0; i < source->n; i++)
		if (strcmp(source->entries[i].record.name, name) == 0)
			return 1;
	return 0;
}

/* Returns NULL with errno where memory runs out. */
static struct entry *
append(struct source *source)
{
	struct entry *e = reallocarray(source->entries, source->n + 1, sizeof *e);

	if (e == NULL)
		return NULL;
	source->entries = e;
	e += source->n++;
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
	struct entry *e;

	if (!record_name_is_good(name)) {
		bad(at, "bad name %s", name);
		return 1;
	}
	if (has(source, name)) {
		bad(at, "a second backend %s", name);
		return 1;
	}
	e = append(source);
	if (e == NULL)
		return 0;
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

static int
read_line(struct source *source, struct options *defaults, char *line, struct place *at)
{
	char *rest, *word = strtok_r(line, space, &rest);

	if (word == NULL || *word == '#')
		return 1;
	if (strcmp(word, "default") != 0)
		return read_backend(source, defaults, word, &rest, at);
	read_options(defaults, &rest, at);
	return 1;
}

/* Returns 1, or 0 with errno where it does not come to the end. */
static int
read_lines(struct source *source, FILE *file, struct place *at)
{
	struct options defaults;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ok = 1;

	options_default(&defaults);
	while (ok && (len = getline(&line, &size, file)) != -1) {
		at->line++;
		if (memchr(line, '\0', (size_t)len) != NULL)
			bad(at, "a NUL byte");
		else
			ok = read_line(source, &defaults, line, at);
	}
	free(line);
	return ok && feof(file);
}

int
source_read(struct source *source, const char *path, void (*say)(const char *format, ...))
{
	struct place at = { .path = path, .say = say };
	FILE *file = fopen(path, "re");
	int error = 0;

	source->entries = NULL;
	source->n = 0;
	if (file == NULL) {
		say("unable to open %s: %m", path);
		return 0;
	}
	errno = 0;
	if (!read_lines(source, file, &at)) {
		error = errno;
		say("unable to read %s: %m", path);
		at.bad++;
	}
	fclose(file);
	if (at.bad == 0 && source->n == 0) {
		say("%s: no backend", path);
		at.bad++;
	}
	errno = error;
	return at.bad == 0;
}

void
source_free(struct source *source)
{
	free(source->entries);
	source->entries = NULL;
	source->n = 0;
}
