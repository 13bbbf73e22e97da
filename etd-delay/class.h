/*
 * class: what a client's reverse name says about it.
 */
#ifndef CLASS_H
#define CLASS_H

enum class { NAMED, DYNAMIC, NORDNS, CLASSES };

extern const char *const class_names[CLASSES];	/* "named", "dynamic", "nordns" */

/* NORDNS for the empty name, DYNAMIC for one that ETD_DYNAMIC matches (a POSIX
   extended regular expression, no case; unset: the built-in one; empty: matches
   nothing). One that does not compile is bad configuration: client_giveup(100). */
enum class class_of(const char *host);

#endif
