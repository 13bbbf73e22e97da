/*
 * front: all that one process knows of those who come in, and its loop.
 */
#ifndef FRONT_H
#define FRONT_H

#include <stdint.h>

#include "clients.h"
#include "listen.h"
#include "locals.h"
#include "names.h"
#include "options.h"
#include "passed.h"
#include "programs.h"
#include "stress.h"
#include "terms.h"

struct front {
	const struct options *options;
	struct listen listen;
	struct clients clients;
	struct programs programs;
	struct names names;
	struct locals locals;
	struct terms terms;
	struct passed passed;
	struct stress stress;
	int64_t now_ms;			/* this round's, for all that happens in it */

	struct due names_tick;		/* of c-ares */
	struct due retry;		/* of accepting, where it failed */
	struct due save;		/* of the clients that passed */
	int signals;			/* a signalfd(2) */
	int accepting;			/* the listening sockets are watched */
	int ending;			/* TERM came */
	int64_t remind_ms;		/* when to say again that there is no room */
};

/* Everything that is opened once. options must last as long. Returns 1, or 0 with why. */
int front_open(struct front *, const struct options *, struct policy *,
    char *const *program, char why[REASON_MAX]);

/* Until TERM, and until those who were held then have been told. Returns 1, or 0 with why. */
int front_run(struct front *, char why[REASON_MAX]);

#endif
