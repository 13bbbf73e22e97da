/*
 * setting: a number from an environment variable. One that is set but is no number
 * in range is bad configuration: client_giveup(100) names the variable and its value.
 */
#ifndef SETTING_H
#define SETTING_H

#include <stdint.h>

/* unset is what it is where the variable is not there; none says whether 0 is allowed. */
int64_t setting_seconds(const char *name, int64_t unset_ms, int none, int64_t max_ms);
int64_t setting_number(const char *name, int64_t unset, int64_t min, int64_t max);

#endif
