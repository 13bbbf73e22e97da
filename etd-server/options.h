/*
 * options: what etd-server is told by its arguments, which are tcpserver's, and by the environment.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include "account.h"
#include "balancer.h"
#include "policy.h"
#include "resolvers.h"

struct options {
	int print_port;			/* -1 */
	int only_check;			/* -n */
	int no_delay;			/* -D */
	int ask_names, confirm;		/* not -H; -p */
	const char *local;		/* -l; NULL: ask */
	const char *rules;		/* -x; NULL: none */
	int rules_may_lack;		/* -X */
	int64_t backlog, programs;	/* -b, -c */
	struct account account;		/* -u, -g, -U */
	char *const *rest;		/* what follows the options */

	struct policy policy;
	struct resolvers resolvers;	/* DNSCACHEIP's */
	int64_t dns_timeout_ms;
	int64_t held;			/* ETD_HELD; 0: not set */
	struct balancers balancers;
	int64_t proxy_timeout_ms;
	const char *passed, *counts;	/* ETD_PASSED and ETD_COUNTS, or NULL */
};

/* The environment is the process's. A bad argument of an option is noted there as if it were a variable.
   Returns 1, or 0 for bad usage. */
int options_read(struct options *, int argc, char **argv, struct settings *environment);

#endif
