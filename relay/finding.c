/*
 * finding: what the front has found out about a client. See finding.h.
 */
#include "finding.h"

#include <string.h>

#include "number.h"

void
finding_read(struct finding *f, const struct settings *s)
{
	const char *waited = setting_get(s, "ETD_WAITED"), *result = setting_get(s, "ETD_RESULT");

	f->waited_ms = 0;
	/* A client that waited for a program, too, may have been held for longer than a hold lasts. */
	if (waited != NULL)
		number_seconds(waited, 0, INT64_MAX, &f->waited_ms);
	/* Own clients are not judged, nor those that have been found out and let in all the same. */
	f->judged = result == NULL || (strcmp(result, "exempt") != 0 && strcmp(result, "early") != 0);
	f->class = setting_get(s, "ETD_CLASS");
	if (f->class == NULL)
		f->class = "";
}
