/*
 * chain: the next program and what it finds in its environment.
 *
 * setenv would allocate; here the new variables sit in the caller's space and the
 * rest of the environment is passed on as it came.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <stddef.h>

enum { CHAIN_SETS = 128, CHAIN_SPACE = 4096, CHAIN_INHERITED = 4096 };

struct chain {			/* begins as { 0 } */
	int n;
	size_t used;
	const char *set[CHAIN_SETS];	/* NAME=value; NAME alone: removed */
	char space[CHAIN_SPACE];
};

/* Sets a variable for the next program, in place of an inherited one or one that was set before;
   NULL removes it. The value is copied. One that does not fit is not set: callers keep to the
   sizes above. */
void chain_set(struct chain *, const char *name, const char *value);

/* The same with "NAME=value", which is not copied. Returns 1, or 0 where there is no room. */
int chain_put(struct chain *, const char *variable);

/* The whole environment, with NULL at its end. Returns 1, or 0 with errno: E2BIG for more than
   CHAIN_INHERITED inherited variables. */
enum { CHAIN_ALL = CHAIN_INHERITED + CHAIN_SETS + 1 };
int chain_environment(const struct chain *, char *env[CHAIN_ALL]);

/* Runs the program, found by PATH. Returns only if that failed, with errno. */
void chain_exec(const struct chain *, char *const *argv);

#endif
