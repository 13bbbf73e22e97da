/*
 * plan: with which state a backend begins, and when it is probed first.
 */
#ifndef PLAN_H
#define PLAN_H

#include "source.h"

/* 0 for one that is disabled or not to be checked. */
int plan_is_probed(const struct backend *);

/* All are unknown, and due now; the rounds after that are spread over the interval. */
void plan_begin(struct source *);

/* A backend of fresh that old has too, with the same address, goes on with what was known
   of it and with the probe that is under way. Other probes of old's are ended. */
void plan_go_on(struct source *fresh, struct source *old);

/* All are due now. */
void plan_now(struct source *);

#endif
