/*
 * words: what an early talker says, as the fuzzer writes it: it is of one kind, and a line of the log holds
 * it escaped, from which the field can be read again.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "logfmt.h"
#include "talk.h"

static void
check_kind(const struct words *w)
{
	const char *kind = talk_kind(w);

	for (int i = 0; i < TALK_KINDS; i++)
		if (kind == talk_kinds[i] || strcmp(kind, talk_kinds[i]) == 0)
			return;
	abort();
}

/* Where the next field begins, it does not depend on what the client said. */
static void
check_line(const struct words *w)
{
	static struct logfmt l;
	static char line[LOGFMT_MAX + 1];
	char value[FIELD_SIZE];

	logfmt_begin(&l, "early");
	logfmt_bytes(&l, "text", w->text, w->len);
	logfmt_text(&l, "host", "mail.example");
	for (size_t i = 0; i < l.len; i++)
		if (!isprint((unsigned char)l.line[i]))
			abort();
	memcpy(line, l.line, l.len);
	line[l.len] = '\0';
	if (strcmp(field_get(line, "host", value), "mail.example") != 0)
		abort();
	if ((field_get(line, "text", value)[0] != '\0') != (w->len > 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct words w = { .bytes = (int)size, .len = size < sizeof w.text ? size : sizeof w.text };

	memcpy(w.text, data, w.len);
	check_kind(&w);
	check_line(&w);
	return 0;
}
