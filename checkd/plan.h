/*
 * plan: with which state a backend begins, and when it is probed.
 */
#ifndef PLAN_H
#define PLAN_H

#include "source.h"

/* 0 for one that is disabled, not to be checked, or without an address yet. */
int plan_is_probed(const struct backend *);

/* All are due now, with the state of an older file or none; the rounds after that are
   spread over the interval. */
void plan_begin(struct source *);

/* A backend of fresh that old has too, with the same address or host, goes on with what
   was known of it and with the probe that is under way. Other probes of old's are ended. */
void plan_go_on(struct source *fresh, struct source *old);

/* Its host's address. Returns 1 where that is a new one, with which it begins anew. */
int plan_resolved(struct backend *, const struct address *);

/* After a probe: when the next one begins. Its time counts from the last one's start,
   whatever that took; what is late is not caught up with. */
void plan_next(struct backend *);

/* Due now: all of them; one that has just refused a client, if that is news. */
void plan_now(struct source *);
void plan_nudge(struct backend *);

#endif
