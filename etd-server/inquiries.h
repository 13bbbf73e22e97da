/*
 * inquiries: what the lists have answered about each address, and who waits for that.
 *
 * All clients of one address share one inquiry, so that each list is asked once. It stays when they
 * have gone, for those who come later, until its answers are too old, or others need the room: the one
 * that was not used for the longest time goes first. One that has questions under way, or clients, stays
 * whatever the bound.
 */
#ifndef INQUIRIES_H
#define INQUIRIES_H

#include "table.h"
#include "zones.h"

struct answer {
	struct answer *next;
	struct inquiry *inquiry;
	struct zone *zone;
	int open, text_open;		/* it is being asked for, and the rest is the old one; its text is */
	enum lookup_status status;
	int64_t until_ms;
	int n;
	uint32_t *addresses;		/* n of them */
	char *text;			/* the list's own words; NULL: none so far */
	int text_asked;
};

/* A client's part in the inquiry about its address. Begins as { 0 }. */
struct asker {
	struct inquiry *inquiry;
	struct asker *next, *prev;
};

struct inquiry {
	struct entry entry;
	struct inquiries *inquiries;
	struct answer *answers;
	struct asker *askers;
	int open;			/* questions under way, those for texts too */
	int has_news;
	struct inquiry *next;		/* of those that have news */
};

struct inquiries {
	struct dns *dns;
	const int64_t *now_ms;		/* the loop's clock */
	struct table table;
	struct inquiry *news;
};

/* dns and now_ms are set. Returns 1, or 0 with why. */
int inquiries_open(struct inquiries *, char why[REASON_MAX]);

/* Makes the client part of the inquiry about its address. Returns 1, or 0 where memory runs out. */
int inquiry_join(struct inquiries *, struct asker *, const struct address *);

/* The client has gone, or needs no answer any more. What has been asked is still waited for. */
void inquiry_leave(struct asker *);

/* Asks the list, unless it has been asked and its answer is not too old. */
void inquiry_ask(struct inquiry *, struct zone *);

/* What that list has answered, or is being asked for; NULL: it was not asked. */
struct answer *inquiry_answer(const struct inquiry *, const struct zone *);

/* Asks for the text beside the answer, unless that has been done. */
void inquiry_ask_text(struct answer *);

/* The next one of which something has come since it was last returned; NULL: none. */
struct inquiry *inquiries_news(struct inquiries *);

#endif
