/*
 * score: what the lists say of a client, in one number: the weights of all sites that match what has
 * been answered by now, or before, while a list is asked again. A list that has not answered, or cannot
 * be believed, adds nothing.
 */
#ifndef SCORE_H
#define SCORE_H

#include "inquiries.h"
#include "setting.h"
#include "verdict.h"

struct score_settings {
	struct sites sites;	/* ETD_DNSBL; none: nothing is asked */
	int64_t threshold;	/* ETD_DNSBL_THRESHOLD: from here on it is listed */
	int64_t allow;		/* ETD_DNSBL_ALLOW: from here down it may go on; 0: never */
	enum action action;	/* ETD_DNSBL_ACTION */
};

/* All of them, empty as unset; what is bad is noted in the lookup. */
void score_read(struct score_settings *, struct settings *);

struct score {
	int64_t points;
	int open;			/* lists that may still answer */
	struct answer *answer;		/* of those that match, the one with the highest weight above 0 */
	int n;				/* lists that match, each once */
	const struct zone *zones[SITES_MAX];
};

/* The lists of these sites, as the inquiry is now. */
void score_make(struct score *, const struct sites *, const struct inquiry *);

/* Whether that is listed; whether it may go on at once. */
int score_is_listed(const struct score *, const struct score_settings *);
int score_is_allowed(const struct score *, const struct score_settings *);

#endif
