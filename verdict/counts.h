/*
 * counts: what has become of a server's clients, in numbers. etd-server writes them to a cdb, and
 * etd-status reads them from it:
 *
 *	server			"1", the version
 *	written, started	unix seconds
 *	last_accept		the same; 0: none yet
 *	held, held_max		clients now, and at most; waiting of them for a program
 *	programs, programs_max	the same
 *	accepted		clients so far
 *	pass.named ...		how they ended, by class
 *	early.named.smtp ...	early talkers by class and kind
 *	wait.pass.0.5 ...	how many of those that passed, or talked early, had waited for half a second at
 *				most; wait.pass.count, and wait.pass.sum_ms
 */
#ifndef COUNTS_H
#define COUNTS_H

#include <stdint.h>

#include "class.h"
#include "reason.h"
#include "talk.h"

enum count_end {
	COUNT_PASS, COUNT_EXEMPT, COUNT_KNOWN,	/* it got a program */
	COUNT_EARLY,				/* whether or not it got one */
	COUNT_LISTED,				/* the same */
	COUNT_HANGUP, COUNT_LIMIT, COUNT_DENY,
	COUNT_LATER,				/* it was told 421 for another reason */
	COUNT_ENDS
};
extern const char *const count_ends[COUNT_ENDS];	/* "pass", ... */

/* The class of those whose name was not known yet. */
enum { COUNT_NO_CLASS = CLASSES, COUNT_CLASSES };
extern const char *const count_classes[COUNT_CLASSES];

enum count_wait { COUNT_WAIT_PASS, COUNT_WAIT_EARLY, COUNT_WAITS };
extern const char *const count_waits[COUNT_WAITS];

/* The upper ends of a histogram's bins, in milliseconds. */
enum { COUNT_BINS = 14 };
extern const int64_t count_bins_ms[COUNT_BINS];

struct counts {
	int64_t written, started, last_accept;
	int64_t held, held_max, waiting, programs, programs_max;
	int64_t accepted;
	int64_t ended[COUNT_ENDS][COUNT_CLASSES];
	int64_t early[COUNT_CLASSES][TALK_KINDS];
	struct {
		int64_t most[COUNT_BINS];	/* at most so long: each bin holds those before it */
		int64_t count, sum_ms;
	} wait[COUNT_WAITS];
};

void counts_early(struct counts *, int class, const char *kind);
void counts_wait(struct counts *, enum count_wait, int64_t waited_ms);

/* Replaces the file. It is not waited for until the disk has it: after a crash the counts begin anew
   anyway. Returns 1, or 0 with why. */
int counts_write(struct counts *, const char *path, char why[REASON_MAX]);

/* Returns 1, or 0 with why. */
int counts_read(struct counts *, const char *path, char why[REASON_MAX]);

#endif
