/*
 * finding: what the front has found out about a client before it came here.
 */
#ifndef FINDING_H
#define FINDING_H

#include <stdint.h>

#include "setting.h"

struct finding {
	int64_t waited_ms;	/* ETD_WAITED: how long it was held */
	int judged;		/* it must wait for its turn: ETD_RESULT is neither exempt nor early */
	const char *class;	/* ETD_CLASS; "" if nothing says */
};

/* Reads all of it. The texts are the settings', and must last as long. */
void finding_read(struct finding *, const struct settings *);

#endif
