/*
 * chain: the next program and what it finds in its environment.
 *
 * setenv would allocate; here the new variables sit in the caller's space and the
 * rest of the environment is passed on as it came.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <stddef.h>

enum { CHAIN_SETS = 16, CHAIN_SPACE = 2048, CHAIN_INHERITED = 4096 };

struct chain {			/* begins as { 0 } */
	int n;
	size_t used;
	char *set[CHAIN_SETS];	/* NAME=value, or a NAME alone */
	char space[CHAIN_SPACE];
};

/* Sets a variable for the next program, in place of an inherited one; NULL takes that
   away. The value is copied. One that does not fit is not set: callers keep to the sizes above. */
void chain_set(struct chain *, const char *name, const char *value);

/* Runs the program, found by PATH. Returns only if that failed, with errno: E2BIG for
   an environment of more than CHAIN_INHERITED variables. */
void chain_exec(const struct chain *, char *const *argv);

#endif
