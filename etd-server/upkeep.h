/*
 * upkeep: what is done beside the clients: the counts are written, those that passed are saved, and
 * stress is judged.
 */
#ifndef UPKEEP_H
#define UPKEEP_H

#include "front.h"

void upkeep_begin(struct front *);
void upkeep_end(struct front *);

/* After each round: plans what is to be done some time after something has happened. */
void upkeep_plan(struct front *);

/* A moment that has come. Returns 0 where it is a client's. */
int upkeep_take(struct front *, const struct due *);

#endif
