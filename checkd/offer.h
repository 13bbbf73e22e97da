/*
 * offer: whether a backend offers PIPECONNECT, when to ask it, and what the log says of that.
 */
#ifndef OFFER_H
#define OFFER_H

#include <stdint.h>

/* All 0 if nothing is known of the backend. */
struct offer {
	int is_made;		/* as far as is known */
	int64_t ask_ms;		/* from then on, a probe asks */
	enum { SAID_NOTHING, SAID_MADE, SAID_BEFORE } said;	/* in the log; the last one by the process
								   before this one */
	int64_t warn_ms;	/* no sooner is the log told again that it is made */
};

/* Takes over what an older list says. */
void offer_recall(struct offer *, int is_made);

/* Whether the next probe is to ask: the first one is, the first one that passes after a failure, and
   one in an hour. */
int offer_is_asked(const struct offer *, int64_t now_ms);

/* A probe has passed or failed, and has asked or not. */
void offer_probed(struct offer *, int passed, int asked, int64_t now_ms);

/* A probe knows whether it is made. Returns 1 if that is news for the log. That it is made is news
   once an hour at most: servers that take turns at one address may differ. */
int offer_answered(struct offer *, int is_made, int64_t now_ms);

#endif
