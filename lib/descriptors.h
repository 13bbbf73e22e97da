/*
 * descriptors: how many of them a process may have.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stddef.h>

/* Allows this process as many as it may allow itself. Returns that number, or 0 with errno. */
size_t descriptors_raise(void);

#endif
