/*
 * ask: what checkd -c asks the backends themselves.
 */
#ifndef ASK_H
#define ASK_H

#include "source.h"

/* Probes all backends side by side, which takes a few seconds at most, and warns of each that offers
   PIPECONNECT. One that does not answer in time, or cannot be reached, is no mistake of the source, and
   nothing is said of it. */
void ask(const struct source *);

#endif
