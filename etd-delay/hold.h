/*
 * hold: the wait in which a client must be silent.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stdint.h>

#include "talk.h"

/* Watches descriptor 0 for hold_ms, or until the client talks or has gone. *waited_ms says how
   long that took. */
enum talk hold_wait(int64_t hold_ms, int64_t *waited_ms);

#endif
