/*
 * lists: a client's way past the DNS lists: they are asked when its hold begins, and judged when it
 * would go on.
 */
#ifndef LISTS_H
#define LISTS_H

#include "front.h"

enum { LISTS_LEAST_MS = 2000 };

/* Those of the environment: their tests begin. */
void lists_begin(struct front *, struct policy *usual);

/* Asks those of the policy. Where the name took long, so that the rest of the hold is short, the hold
   goes on for LISTS_LEAST_MS or its whole length, whichever is less: who answers for the client's name
   must not decide whether lists have the time to answer. */
void lists_ask(struct front *, struct held *, struct policy *, int64_t hold_ms);

/* Something has come, or was there already. Returns 1 if the client need wait no longer: one that is
   silent because its score is that good, an early talker because no list can say any more of it. One that
   is listed waits to the end of its hold, so that the list's text has time to come. */
int lists_news(struct front *, struct held *, struct policy *);

/* Its hold is over, or is_its_turn and it would get its program; it goes on if this returns 1. What has
   been answered by now counts. If it is listed there is a line in the log, and it is refused, or that
   becomes its verdict, unless it has talked early; with ETD_DNSBL_ACTION other than reject this is left
   until it is its turn. */
int lists_let_in(struct front *, struct held *, int is_its_turn);

/* Whether each list has said something of it: what passes while a list is out of reach is not known to be
   clean. A list that answers no test either is not counted, nor one that is ignored. */
int lists_have_answered(struct front *, const struct held *, struct policy *);

/* RBLSMTPD for a client that is listed. */
void lists_refusal(struct front *, const struct held *, struct policy *, struct refusal *);

#endif
