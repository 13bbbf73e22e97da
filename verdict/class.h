/*
 * class: what a client's reverse name says about it.
 */
#ifndef CLASS_H
#define CLASS_H

#include <regex.h>

#include "reason.h"

enum class { CLASS_NAMED, CLASS_DYNAMIC, CLASS_NORDNS, CLASSES };

extern const char *const class_names[CLASSES];	/* "named", "dynamic", "nordns" */

/* The names of dynamic and end-user addresses: a POSIX extended regular expression, matched
   without case. */
struct class_pattern {
	const char *text;
	int compiled;
	regex_t regex;
};

/* The value of ETD_DYNAMIC; NULL is the built-in pattern, "" matches nothing. The text must
   last as long as the pattern. */
void class_pattern(struct class_pattern *, const char *text);

/* Sets the class: nordns for the empty name, dynamic for one that matches. The first name
   compiles the pattern. Returns 1, or 0 with why where that cannot be done. */
int class_of(struct class_pattern *, const char *host, enum class *, char why[REASON_MAX]);

/* Whether the pattern can be compiled, before there is a name. Returns 1, or 0 with why. */
int class_check(struct class_pattern *, char why[REASON_MAX]);

/* Gives its memory back; it can still be used, and is compiled anew then. */
void class_free(struct class_pattern *);

#endif
