/*
 * locals: the addresses at which clients come in, and their names, for TCPLOCALHOST.
 */
#ifndef LOCALS_H
#define LOCALS_H

#include "address.h"
#include "names.h"

enum { LOCALS_MAX = 16 };

struct local {
	struct address address;		/* its port is that of one listener */
	char *host;			/* NULL: none, or not known yet */
};

struct locals {
	int n;
	struct local all[LOCALS_MAX];
	struct local other;		/* the last one looked for that was not among them */
};

/* The one with the socket's own address. If that is a new one, its name is asked for, unless names is
   NULL; those beyond LOCALS_MAX have none. Returns NULL where the address cannot be found out. */
struct local *locals_find(struct locals *, int fd, struct names *);

/* Takes an answer of names_take. Returns 1, or 0 where that is a client's. */
int locals_take(struct locals *, void *local, char *host);

#endif
