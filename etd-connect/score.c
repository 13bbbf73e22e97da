/*
 * score: which backend suits a client best. See score.h.
 */
#include "score.h"

#include <math.h>

/* FNV-1a, 64 bits. */
static uint64_t
hash(uint64_t h, const char *text)
{
	do {
		h ^= (unsigned char)*text;
		h *= 0x100000001b3;
	} while (*text++ != '\0');
	return h;
}

/* The finalizer of MurmurHash3: without it texts that differ at the end are alike in the
   upper bits. */
static uint64_t
mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccd;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53;
	return h ^ h >> 33;
}

double
score_of(const char *client, const char *backend, int64_t weight)
{
	uint64_t h = mix(hash(hash(0xcbf29ce484222325, client), backend));
	double even = ((double)(h >> 12) + 0.5) / 4503599627370496.0;	/* in (0, 1) */

	/* -1/ln of an even variate, times the weight: the share of clients that each wins is
	   its weight's (Schindelhauer and Schomaker, Weighted distributed hash tables, 2005). */
	return (double)weight / -log(even);
}
