/*
 * chain: the next program and what it finds in its environment.
 *
 * setenv would allocate; here the new variables sit in static space and the rest
 * of the environment is passed on as it came.
 */
#ifndef CHAIN_H
#define CHAIN_H

/* Sets a variable for the next program, in place of an inherited one. The value is
   copied, and cut at 255 bytes. At most 16 of them. */
void chain_set(const char *name, const char *value);

/* Runs the program, found by PATH. Returns only if that failed, with errno. */
void chain_exec(char *const *argv);

#endif
