/*
 * setting: a number from an environment variable. See setting.h.
 */
#include "setting.h"

#include <stdlib.h>

#include "client.h"
#include "number.h"

int64_t
setting_seconds(const char *name, int64_t unset_ms, int none, int64_t max_ms)
{
	const char *text = getenv(name);
	int64_t ms;

	if (text == NULL)
		return unset_ms;
	if (!number_seconds(text, none ? 0 : 1, max_ms, &ms))
		client_giveup(100, "%s=%s: not a number of seconds %s %lld", name, text,
		    none ? "from 0 to" : "above 0 up to", (long long)(max_ms / 1000));
	return ms;
}

int64_t
setting_number(const char *name, int64_t unset, int64_t min, int64_t max)
{
	const char *text = getenv(name);
	int64_t n;

	if (text == NULL)
		return unset;
	if (!number_parse(text, min, max, &n))
		client_giveup(100, "%s=%s: not a whole number from %lld to %lld",
		    name, text, (long long)min, (long long)max);
	return n;
}
