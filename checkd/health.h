/*
 * health: from passes and failures to up and down.
 */
#ifndef HEALTH_H
#define HEALTH_H

enum state { UNKNOWN, UP, DOWN };

extern const char *const state_names[];	/* "unknown", "up", "down" */

struct health {
	enum state state;
	int passes, failures;	/* in a row; one of them is 0 */
};

/* One probe's result. UNKNOWN takes the first one's word; after that rise passes
   in a row bring up what is down, fall failures in a row take down what is up.
   Returns 1 where the state changed. */
int health_pass(struct health *, int rise);
int health_fail(struct health *, int fall);

#endif
