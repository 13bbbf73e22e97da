/*
 * trace: the lines of a dialogue. See trace.h.
 */
#include "trace.h"

#include <string.h>

#include "log.h"

void
trace(const char *backend, const char *event, const char *text, size_t len)
{
	struct logfmt l;

	while (log_wants(LOG_ALL) && len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line = end != NULL ? (size_t)(end - text) + 1 : len;

		log_begin(&l, event);
		logfmt_text(&l, "backend", backend);
		logfmt_bytes(&l, "text", text, line);
		log_end(&l, LOG_ALL);
		text += line;
		len -= line;
	}
}
