/*
 * dial: a connection to a backend.
 */
#ifndef DIAL_H
#define DIAL_H

#include <stdint.h>

#include "address.h"

/* Returns a connected, non-blocking socket above 2, or -1 with errno: ETIMEDOUT after
   timeout_ms. */
int dial(const struct address *, int64_t timeout_ms);

#endif
