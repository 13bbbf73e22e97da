/*
 * policy: what is done with a client, as the environment says, or a rule's variables over it; see
 * etd-server(8), ENVIRONMENT.
 */
#ifndef POLICY_H
#define POLICY_H

#include "network.h"
#include "score.h"
#include "verdict.h"

/* The texts are the lookup's, and must last as long. */
struct policy {
	struct verdict_settings verdict;
	struct score_settings score;
	int bits4, bits6;		/* of an address that tell one client from another */
	int64_t per_client;		/* connections at once; 0: no limit */
	int remember;			/* that it has passed ... */
	int64_t passed_s;		/* ... for so long */
	int64_t stress_ms;		/* the longest hold under stress; -1: as without */
};

/* All of it; what is bad is noted in the lookup. */
void policy_read(struct policy *, struct settings *);

/* How long a client of this class is held; 0 is exempt. */
int64_t policy_hold(const struct policy *, enum class, int stressed);

/* The network that counts as one client with this address. */
void policy_network(const struct policy *, const struct address *, struct network *);

#endif
