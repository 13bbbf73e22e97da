/*
 * front: all that one process knows of those who come in, and its loop.
 */
#ifndef FRONT_H
#define FRONT_H

#include <stdint.h>

#include "clients.h"
#include "counts.h"
#include "dns.h"
#include "inquiries.h"
#include "listen.h"
#include "locals.h"
#include "names.h"
#include "options.h"
#include "passed.h"
#include "programs.h"
#include "stress.h"
#include "terms.h"
#include "zones.h"

struct front {
	const struct options *options;
	struct listen listen;
	struct clients clients;
	struct programs programs;
	struct dns dns;
	struct names names;
	struct zones zones;
	struct inquiries inquiries;
	struct locals locals;
	struct terms terms;
	struct passed passed;
	struct stress stress;
	struct counts counts;
	int64_t last_accept_ms;		/* 0: none yet */
	int counts_failed;		/* so often in a row they could not be written */
	int64_t now_ms;			/* this round's, for all that happens in it */

	struct due dns_tick;		/* of questions to DNS */
	struct due zones_test;		/* of the next test of a list */
	struct due retry;		/* of accepting, where it failed */
	struct due save;		/* the clients that passed */
	struct due count;		/* the counts are written */
	int signals;			/* a signalfd(2) */
	int accepting;			/* the listening sockets are watched */
	int ending;			/* TERM came ... */
	int64_t ending_ms;		/* ... then */
	int64_t remind_ms;		/* when to say again that there is no room */
};

/* How many clients there is room for: as many as held, which is ETD_HELD, or where that is 0 as many as
   descriptors allow. Their limit is raised for it; programs have the old one. Returns 1, or 0 with
   why. */
int front_room(int64_t held, size_t *max, char why[REASON_MAX]);

/* Makes an event of what comes on fd: take in front.c says what it is of. Returns 1, or 0 with errno. */
int front_watch(struct front *, int fd, void *what);

/* How a client ended, for the counts: each has one end, the first that is told. */
void front_count(struct front *, const struct held *, enum count_end);

/* Everything that is opened once. options must last as long. Returns 1, or 0 with why. */
int front_open(struct front *, const struct options *, struct policy *,
    char *const *program, char why[REASON_MAX]);

/* Until TERM, and until those who were held then have been told. Returns 1, or 0 with why. */
int front_run(struct front *, char why[REASON_MAX]);

#endif
