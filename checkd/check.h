/*
 * check: what checkd -c says of a source without a mistake: how many backends it has, and what
 * the administrator may not have meant.
 */
#ifndef CHECK_H
#define CHECK_H

#include "source.h"

/* Resolves the hosts of the source, which was read from path, asks the backends, and writes to the
   log. */
void check(struct source *, const char *path);

#endif
