/*
 * resolvers: the DNS servers that DNSCACHEIP names.
 */
#ifndef RESOLVERS_H
#define RESOLVERS_H

#include "address.h"

enum { RESOLVERS_MAX = 16 };

struct resolvers {
	int n;
	struct address all[RESOLVERS_MAX];
};

/* "127.0.0.1 ::1", with a port where it is not 53: "127.0.0.1:5353 [::1]:5353". Returns 1, or 0 where
   something else is in it, or too many. */
int resolvers_parse(struct resolvers *, const char *text);

#endif
