/*
 * balancer: clients that come through a load balancer, which introduces each of them by a PROXY header.
 */
#ifndef BALANCER_H
#define BALANCER_H

#include "clients.h"
#include "setting.h"

/* Those that are believed. */
enum { BALANCERS_MAX = 64 };
struct balancers {
	int n;
	struct network all[BALANCERS_MAX];
};

/* ETD_PROXY_FROM: addresses and networks, separated by spaces. What is bad is noted in the lookup. */
void balancers_read(struct balancers *, struct settings *);

int balancers_have(const struct balancers *, const struct address *);

enum introduction {
	INTRODUCTION_MORE,	/* it is not whole yet */
	INTRODUCTION_DONE,	/* the client's address, and the one that it came to, are the header's */
	INTRODUCTION_OWN,	/* it is the balancer's own connection, as a health check is */
	INTRODUCTION_GONE,	/* it has hung up without one */
	INTRODUCTION_BAD	/* why */
};

/* Reads what has come of the header, and nothing behind it. What it has said is kept with the client, and how
   much of it is still to come. */
enum introduction balancer_hear(struct held *, char why[REASON_MAX]);

/* Returns in words what is wrong with it when its time is over. */
const char *balancer_late(const struct held *);

#endif
