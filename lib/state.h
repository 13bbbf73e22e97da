/*
 * state: what checkd thinks of a backend, and its name in backends.cdb and in the log.
 */
#ifndef STATE_H
#define STATE_H

enum state { STATE_UNKNOWN, STATE_UP, STATE_DOWN, STATE_DISABLED };

extern const char *const state_names[];	/* "unknown", "up", "down", "disabled" */

/* Returns 1 and sets the state of that name, or 0. */
int state_parse(const char *name, enum state *);

#endif
