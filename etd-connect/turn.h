/*
 * turn: whose turn it is, over all processes.
 */
#ifndef TURN_H
#define TURN_H

#include <stdint.h>

/* The next number of the counter in the file path.turn, which checkd makes: 8 bytes that
   every process maps and adds to. If it cannot be used, whatever is wrong with the file or its file
   system, a random number, and at -v a line that says why. */
uint64_t turn_take(const char *path);

uint64_t turn_random(void);

#endif
