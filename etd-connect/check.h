/*
 * check: what etd-connect -c looks at before there is a client: its settings, the list of backends,
 * and whether this process could connect to them in the way that the list asks for.
 */
#ifndef CHECK_H
#define CHECK_H

#include "setting.h"

/* Opens path as it would for a client; relays: without a program, as config_read needs to know. Each
   thing that is wrong goes to the log. Returns the exit code, 0 or 100. */
int check(struct settings *environment, const char *path, int relays);

#endif
