/*
 * score: which backend suits a client best, by rendezvous hashing: each backend has a
 * score for each client, and the best one is the client's. When a backend goes, only its
 * own clients move, each to the one with the next best score.
 */
#ifndef SCORE_H
#define SCORE_H

#include <stdint.h>

/* At least 0. A backend of weight 2 is the best for twice as many clients as one of 1. */
double score_of(const char *client, const char *backend, int64_t weight);

#endif
