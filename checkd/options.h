/*
 * options: what a line of the source can say of a backend; see etd-backends(5).
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "reason.h"
#include "record.h"

struct options {
	char helo[270];		/* the whole command, CRLF included */
	int64_t inter_ms;
	int64_t fastinter_ms, downinter_ms;	/* 0: as inter_ms */
	int64_t timeout_ms;
	int64_t rise, fall;
	int64_t weight;		/* 0: no new connections */
	int64_t backup, disabled, no_check;	/* 0 or 1 */
	struct route route;
};

/* The options of a backend for which the source gives none. */
void options_default(struct options *);

/* Takes one word, "inter=3" or "backup", in which it overwrites the "=". Returns 1, or 0 with what
   is wrong with the word in why. */
int options_set(struct options *, char *word, char why[REASON_MAX]);

/* An option that two sources set differently, with its values as text: "yes" or "no" for a flag. */
enum { DIFFERENCE_MAX = 270 };
struct difference {
	const char *option;
	char now[DIFFERENCE_MAX], was[DIFFERENCE_MAX];
};

/* Sets the next difference from *at on, which is 0 at first. Returns 1, or 0 when there is none
   left. ehlo counts as helo, and send-proxy-v2 as send-proxy. */
int options_difference(const struct options *now, const struct options *was, size_t *at,
    struct difference *);

#endif
