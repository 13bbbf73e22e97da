/*
 * source: the backends as the administrator wrote them. See source.h.
 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "number.h"

enum { LINE_SIZE = 1024 };

struct place {
	const char *path;
	int line;
	int bad;	/* lines so far */
};

static void bad(struct place *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
bad(struct place *at, const char *format, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	log_error("%s:%d: %s", at->path, at->line, what);
	at->bad++;
}

static int
set_helo(struct options *o, const char *value)
{
	size_t len = strcspn(value, "\r\n\t ");

	if (len == 0 || len > 255 || value[len] != '\0')
		return 0;
	snprintf(o->helo, sizeof o->helo, "HELO %s\r\n", value);
	return 1;
}

static int
set_inter(struct options *o, const char *value)
{
	return number_seconds(value, 100, 86400000, &o->inter_ms);
}

static int
set_timeout(struct options *o, const char *value)
{
	return number_seconds(value, 100, 3600000, &o->timeout_ms);
}

static int
set_count(int *count, const char *value)
{
	int64_t n;

	if (!number_parse(value, 1, 100, &n))
		return 0;
	*count = (int)n;
	return 1;
}

static int
set_rise(struct options *o, const char *value)
{
	return set_count(&o->rise, value);
}

static int
set_fall(struct options *o, const char *value)
{
	return set_count(&o->fall, value);
}

static const struct {
	const char *name;
	int (*set)(struct options *, const char *value);
	const char *wants;
} table[] = {
	{ "helo", set_helo, "a host name" },
	{ "inter", set_inter, "seconds from 0.1 to 86400" },
	{ "timeout", set_timeout, "seconds from 0.1 to 3600" },
	{ "rise", set_rise, "a number from 1 to 100" },
	{ "fall", set_fall, "a number from 1 to 100" },
};

static void
read_option(struct options *o, char *word, struct place *at)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(word, table[i].name) == 0) {
			if (value == NULL || !table[i].set(o, value))
				bad(at, "%s=%s: not %s", word, value != NULL ? value : "",
				    table[i].wants);
			return;
		}
	bad(at, "unknown option %s", word);
}

/* "10.0.0.1:25" or "[2001:db8::3]:25" */
static int
read_address(struct address *a, const char *text)
{
	char ip[ADDRESS_SIZE];
	const char *port = strrchr(text, ':');
	size_t len;

	if (port == NULL)
		return 0;
	len = (size_t)(port - text);
	if (text[0] == '[' && len >= 2 && text[len - 1] == ']') {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL)
		return 0;
	if (len >= sizeof ip)
		return 0;
	memcpy(ip, text, len);
	ip[len] = '\0';
	return address_parse(a, ip, port + 1);
}

static const struct backend *
find(const struct source *source, const char *name)
{
	for (size_t i = 0; i < source->n; i++)
		if (strcmp(source->backends[i].record.name, name) == 0)
			return &source->backends[i];
	return NULL;
}

static struct backend *
append(struct source *source)
{
	struct backend *b = reallocarray(source->backends, source->n + 1, sizeof *b);

	if (b == NULL)
		log_fatal(111, "out of memory");
	source->backends = b;
	b += source->n++;
	memset(b, 0, sizeof *b);
	b->probe.fd = -1;
	return b;
}

static void
read_line(struct source *source, struct options *defaults, char *line, struct place *at)
{
	static const char space[] = " \t\r\n";
	char *rest, *address, *word = strtok_r(line, space, &rest);
	struct options *o = defaults;
	struct backend *b;

	if (word == NULL || *word == '#')
		return;
	if (strcmp(word, "default") != 0) {
		if (!record_name_is_good(word)) {
			bad(at, "bad name %s", word);
			return;
		}
		if (find(source, word) != NULL) {
			bad(at, "a second backend %s", word);
			return;
		}
		address = strtok_r(NULL, space, &rest);
		b = append(source);
		strcpy(b->record.name, word);
		b->options = *defaults;
		if (address == NULL)
			bad(at, "%s has no address", word);
		else if (!read_address(&b->record.address, address))
			bad(at, "bad address %s: not address:port", address);
		o = &b->options;
	}
	while ((word = strtok_r(NULL, space, &rest)) != NULL)
		read_option(o, word, at);
}

static void
read_lines(struct source *source, FILE *file, struct place *at)
{
	struct options defaults = { .inter_ms = 3000, .timeout_ms = 10000, .rise = 2, .fall = 3 };
	char line[LINE_SIZE], host[256];

	if (gethostname(host, sizeof host) == -1 || !set_helo(&defaults, host))
		set_helo(&defaults, "localhost");
	while (fgets(line, sizeof line, file) != NULL) {
		at->line++;
		if (strlen(line) == sizeof line - 1 && line[sizeof line - 2] != '\n') {
			bad(at, "line too long");
			return;
		}
		read_line(source, &defaults, line, at);
	}
}

int
source_read(struct source *source, const char *path)
{
	struct place at = { .path = path };
	FILE *file = fopen(path, "re");

	source->backends = NULL;
	source->n = 0;
	if (file == NULL) {
		log_error("unable to open %s: %m", path);
		return 0;
	}
	read_lines(source, file, &at);
	if (ferror(file)) {
		log_error("unable to read %s: %m", path);
		at.bad++;
	}
	fclose(file);
	if (at.bad == 0 && source->n == 0) {
		log_error("%s: no backend", path);
		at.bad++;
	}
	return at.bad == 0;
}

size_t
source_count(const struct source *source, enum state state)
{
	size_t count = 0;

	for (size_t i = 0; i < source->n; i++)
		count += source->backends[i].health.state == state;
	return count;
}
