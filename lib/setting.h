/*
 * setting: what a program is told by variables. Whoever reads settings is given a lookup: the
 * environment, or for one client of many its rules over the environment.
 *
 * What is bad is noted in the lookup, and reading goes on with the value of an unset variable:
 * the caller reads all it needs and then looks at bad. A program that is asked to check its
 * settings is told each one.
 */
#ifndef SETTING_H
#define SETTING_H

#include <stdint.h>

#include "reason.h"

struct settings {
	const char *(*get)(const void *from, const char *name);	/* NULL: not set */
	const void *from;
	int bad;		/* how many were */
	char *why;		/* the first of them, in REASON_MAX bytes of the caller's */
	void (*tell)(const char *format, ...);	/* is told each one; NULL: nobody is */
	const char *whose;	/* what the one who is told hears before it; "" at first */
};

/* The process's environment, of whose bad settings nobody is told yet. */
void setting_environment(struct settings *, char why[REASON_MAX]);

/* The value as it is, or NULL. */
const char *setting_get(const struct settings *, const char *name);

/* The same where empty is as unset: tcprules and envdir's files can set a variable, but not unset it. */
const char *setting_filled(const struct settings *, const char *name);

/* Notes that a setting is bad, in words: "ETD_DELAY=x: not a number ...". */
void setting_bad(struct settings *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Decimal seconds from min_ms, which is 0 or 1, to max_ms; unset_ms where it is not set. */
int64_t setting_seconds(struct settings *, const char *name, int64_t unset_ms, int64_t min_ms,
    int64_t max_ms);

/* A whole number from min to max; unset where it is not set. */
int64_t setting_number(struct settings *, const char *name, int64_t unset, int64_t min,
    int64_t max);

/* One of n words: its index; 0 where it is not set. wants is what is wrong with any other word:
   "not a, b or c". */
int setting_word(struct settings *, const char *name, const char *const *words, int n,
    const char *wants);

#endif
