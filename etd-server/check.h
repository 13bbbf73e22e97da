/*
 * check: what etd-server -n looks at: all that it reads at the start, and the settings of each rule,
 * which would otherwise be read when the first client comes for whom it holds.
 */
#ifndef CHECK_H
#define CHECK_H

#include "options.h"

/* environment is what the options were read from. Each thing that is wrong goes to the log. Returns
   the exit code, 0 or 100. */
int check(const struct options *, struct settings *environment);

#endif
