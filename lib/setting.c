/*
 * setting: what a program is told by variables. See setting.h.
 */
#include "setting.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

static const char *
from_environment(const void *from, const char *name)
{
	(void)from;
	return getenv(name);
}

void
setting_environment(struct settings *s, char why[REASON_MAX])
{
	s->get = from_environment;
	s->from = NULL;
	s->bad = 0;
	s->why = why;
	s->tell = NULL;
	s->whose = "";
}

const char *
setting_get(const struct settings *s, const char *name)
{
	return s->get(s->from, name);
}

const char *
setting_filled(const struct settings *s, const char *name)
{
	const char *value = setting_get(s, name);

	return value != NULL && *value != '\0' ? value : NULL;
}

void
setting_bad(struct settings *s, const char *format, ...)
{
	va_list ap;

	if (s->bad++ > 0 && s->tell == NULL)
		return;
	va_start(ap, format);
	vsnprintf(s->why, REASON_MAX, format, ap);
	va_end(ap);
	if (s->tell != NULL)
		s->tell("%s%s", s->whose, s->why);
}

int64_t
setting_seconds(struct settings *s, const char *name, int64_t unset_ms, int64_t min_ms,
    int64_t max_ms)
{
	const char *text = setting_get(s, name);
	int64_t ms = unset_ms;

	if (text != NULL && !number_seconds(text, min_ms, max_ms, &ms))
		setting_bad(s, "%s=%s: not a number of seconds %s %lld", name, text,
		    min_ms == 0 ? "from 0 to" : "above 0 up to", (long long)(max_ms / 1000));
	return ms;
}

int64_t
setting_number(struct settings *s, const char *name, int64_t unset, int64_t min, int64_t max)
{
	const char *text = setting_get(s, name);
	int64_t n = unset;

	if (text != NULL && !number_parse(text, min, max, &n))
		setting_bad(s, "%s=%s: not a whole number from %lld to %lld",
		    name, text, (long long)min, (long long)max);
	return n;
}

int
setting_word(struct settings *s, const char *name, const char *const *words, int n,
    const char *wants)
{
	const char *text = setting_get(s, name);

	if (text == NULL)
		return 0;
	for (int i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	setting_bad(s, "%s=%s: %s", name, text, wants);
	return 0;
}
