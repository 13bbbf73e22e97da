/*
 * patterns: the expressions that tell dynamic names, each of them compiled once, however many rules
 * have it.
 */
#ifndef PATTERNS_H
#define PATTERNS_H

#include "class.h"

/* To compile one costs as much as a refusal. Of more than PATTERNS_MAX the oldest is given back. */
#ifndef PATTERNS_MAX
#define PATTERNS_MAX 64
#endif

struct patterns {		/* begins as { 0 } */
	struct class_pattern all[PATTERNS_MAX];	/* their texts are copies */
	int n;
	int oldest;		/* the next to be replaced */
};

/* Returns the one with this text, as class_pattern takes it, until the next call; NULL with errno if
   memory runs out. */
struct class_pattern *patterns_find(struct patterns *, const char *text);

#endif
