/*
 * descriptors: how many of them a process may have.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stddef.h>

/* Raises this process's limit as far as it may. Returns the new limit, or 0 with errno. */
size_t descriptors_raise(void);

#endif
