/*
 * standing: how a backend stands, as checkd last saw it. In backends.cdb it is one line:
 *
 *	state=up addr=10.0.0.1:25 since=1700000000 weight=2 passes=9 failures=0 last="250 ok"
 */
#ifndef STANDING_H
#define STANDING_H

#include <stdint.h>

#include "field.h"
#include "logfmt.h"
#include "state.h"

struct standing {
	enum state state;
	char address[FIELD_SIZE];	/* "10.0.0.1:25"; or the host, where that does not resolve */
	char host[FIELD_SIZE];		/* "mx.example.com:25"; "" where the source gives an address */
	int64_t since;			/* unix seconds of the last change of state */
	int64_t weight, passes, failures;
	int pipeconnect;		/* it offers PIPECONNECT; a line without the field, as an older version
					   writes it, says no */
	char last[FIELD_SIZE];		/* the last probe's reply, or why it failed; in escaped form
					   when it was read from the list */
};

void standing_format(struct logfmt *, const struct standing *);

/* Returns 1, or 0 for a line that standing_format would not write. */
int standing_parse(struct standing *, const char *line);

#endif
