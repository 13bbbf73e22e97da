/*
 * source: the backends as the administrator wrote them. See source.h.
 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

struct place {
	const char *path;
	void (*say)(const char *format, ...);
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
	at->say("%s:%d: %s", at->path, at->line, what);
	at->bad++;
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

struct backend *
source_find(const struct source *source, const char *name)
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
	char why[OPTIONS_WHY];
	struct options *o = defaults;
	struct backend *b;

	if (word == NULL || *word == '#')
		return;
	if (strcmp(word, "default") != 0) {
		if (!record_name_is_good(word)) {
			bad(at, "bad name %s", word);
			return;
		}
		if (source_find(source, word) != NULL) {
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
		if (!options_set(o, word, why))
			bad(at, "%s", why);
}

static void
read_lines(struct source *source, FILE *file, struct place *at)
{
	struct options defaults;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	options_default(&defaults);
	while ((len = getline(&line, &size, file)) != -1) {
		at->line++;
		if (memchr(line, '\0', (size_t)len) != NULL)
			bad(at, "a NUL byte");
		else
			read_line(source, &defaults, line, at);
	}
	free(line);
}

int
source_read(struct source *source, const char *path, void (*say)(const char *format, ...))
{
	struct place at = { .path = path, .say = say };
	FILE *file = fopen(path, "re");

	source->backends = NULL;
	source->n = 0;
	if (file == NULL) {
		say("unable to open %s: %m", path);
		return 0;
	}
	read_lines(source, file, &at);
	if (ferror(file)) {
		say("unable to read %s: %m", path);
		at.bad++;
	}
	fclose(file);
	if (at.bad == 0 && source->n == 0) {
		say("%s: no backend", path);
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

void
source_free(struct source *source)
{
	free(source->backends);
	source->backends = NULL;
	source->n = 0;
}
