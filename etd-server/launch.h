/*
 * launch: a client's program, once it is the client's turn.
 */
#ifndef LAUNCH_H
#define LAUNCH_H

#include "front.h"

/* Starts it and hands the client over; where that fails, the client is told to come again later. */
void launch(struct front *, struct held *);

#endif
