/*
 * terms: what holds for a client: its rule, and the policy that this makes of the environment's.
 */
#ifndef TERMS_H
#define TERMS_H

#include "patterns.h"
#include "policy.h"
#include "rules.h"

enum { TERMS_KEPT = 16 };

struct kept {
	struct rule rule;		/* data is NULL: none */
	struct policy policy;
};

struct terms {
	const char *path;		/* of the rules; NULL: none */
	int may_lack;			/* the file */
	struct policy *usual;		/* the environment's */
	struct rules *rules;		/* the newest; NULL: none */
	int looked;			/* for a newer file, in this round */
	char wrong[REASON_MAX];		/* why they could not be read; "": they could */
	struct kept kept[TERMS_KEPT];	/* rules that have been read ... */
	int oldest;			/* ... and which of them is the next to be replaced */
	struct patterns patterns;	/* of all rules, and the environment's */
};

/* Reads the rules, if there is a newer file. path, may_lack and usual must be set. Returns 1, or 0 with
   why; the rules are as they were then. */
int terms_refresh(struct terms *, char why[REASON_MAX]);

/* A new round: the next terms_rule refreshes. */
void terms_round(struct terms *);

/* The rule for a client with that address and name ("": none). Returns 1, or 0 with why. */
int terms_rule(struct terms *, const char *ip, const char *host, struct rule *, char why[REASON_MAX]);

/* The policy for a client with that rule, until the next call. Returns NULL with why where the rule has
   a bad setting. To read a rule costs a tenth of a refusal: so a few of them are kept. */
struct policy *terms_of(struct terms *, const struct rule *, char why[REASON_MAX]);

/* Sets the class of a client with that name ("": none). Returns 1, or 0 with why if ETD_DYNAMIC cannot be
   compiled. */
int terms_class(struct terms *, const struct policy *, const char *host, enum class *, char why[REASON_MAX]);

#endif
