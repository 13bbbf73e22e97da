/*
 * health: from passes and failures to up and down.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdint.h>

#include "state.h"

struct health {
	enum state state;
	int64_t passes, failures;	/* in a row; one of them is 0 */
};

/* One probe's result. The first one decides what STATE_UNKNOWN becomes; after that rise passes
   in a row bring up what is down, fall failures in a row take down what is up.
   Returns 1 where the state changed. */
int health_pass(struct health *, int64_t rise);
int health_fail(struct health *, int64_t fall);

/* Whether the last results contradict the state, but are too few to change it. */
int health_in_transition(const struct health *);

#endif
