/*
 * number: strict decimal numbers. See number.h.
 */
#include "number.h"

#include <stdio.h>

#define ENOUGH 1000000000000	/* more than any range here; stops the overflow */

/* The digits at *s, which is moved behind them. */
static int64_t
digits(const char **s)
{
	int64_t n = 0;

	for (; **s >= '0' && **s <= '9'; ++*s)
		if (n < ENOUGH)
			n = n * 10 + (**s - '0');
	return n;
}

int
number_parse(const char *text, int64_t min, int64_t max, int64_t *value)
{
	const char *s = text;
	int64_t n = digits(&s);

	if (s == text || *s != '\0' || n < min || n > max)
		return 0;
	*value = n;
	return 1;
}

int
number_seconds(const char *text, int64_t min_ms, int64_t max_ms, int64_t *ms)
{
	const char *s = text;
	int64_t n = digits(&s) * 1000;

	if (s == text)
		return 0;
	if (*s == '.') {
		const char *point = s++;
		int rest = 0;

		for (int64_t unit = 100; *s >= '0' && *s <= '9'; s++, unit /= 10) {
			n += (*s - '0') * unit;
			rest |= unit == 0 && *s != '0';
		}
		if (s == point + 1)
			return 0;
		n += rest;
	}
	if (*s != '\0' || n < min_ms || n > max_ms)
		return 0;
	*ms = n;
	return 1;
}

const char *
number_seconds_text(char text[NUMBER_SECONDS_SIZE], int64_t ms)
{
	if (ms < 0)
		return "-1";
	snprintf(text, NUMBER_SECONDS_SIZE, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
	return text;
}
