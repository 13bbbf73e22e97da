/*
 * policy: what is done with a client, as the environment says, or a rule's variables over it.
 */
#ifndef POLICY_H
#define POLICY_H

#include "verdict.h"

/* The texts are the lookup's, and must last as long. */
struct policy {
	struct verdict_settings verdict;
};

/* All of it; what is bad is noted in the lookup. policy_free gives back what it took. */
void policy_read(struct policy *, struct settings *);
void policy_free(struct policy *);

#endif
