/*
 * standing: how a backend stands. See standing.h.
 */
#include "standing.h"

#include <stdio.h>
#include <string.h>

#include "number.h"

static const int64_t most = 999999999999;	/* seconds since 1970, or probes in a row */

void
standing_format(struct logfmt *l, const struct standing *s)
{
	l->len = (size_t)snprintf(l->line, sizeof l->line,
	    "state=%s addr=%s%s%s since=%lld weight=%lld passes=%lld failures=%lld",
	    state_names[s->state], s->address, s->host[0] != '\0' ? " host=" : "", s->host,
	    (long long)s->since, (long long)s->weight, (long long)s->passes,
	    (long long)s->failures);
	logfmt_text(l, "last", s->last);	/* the only one from the network */
	if (s->pipeconnect)
		logfmt_text(l, "pipeconnect", "yes");
}

int
standing_parse(struct standing *s, const char *line)
{
	char value[FIELD_SIZE];

	field_get(line, "addr", s->address);
	field_get(line, "host", s->host);
	field_get(line, "last", s->last);
	s->pipeconnect = strcmp(field_get(line, "pipeconnect", value), "yes") == 0;
	return s->address[0] != '\0' &&
	    state_parse(field_get(line, "state", value), &s->state) &&
	    number_parse(field_get(line, "since", value), 0, most, &s->since) &&
	    number_parse(field_get(line, "weight", value), 0, 256, &s->weight) &&
	    number_parse(field_get(line, "passes", value), 0, most, &s->passes) &&
	    number_parse(field_get(line, "failures", value), 0, most, &s->failures);
}
