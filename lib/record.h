/*
 * record: a backend as backends.cdb lists it, "smtp1 10.0.0.1 25 weight=2 send-proxy".
 * checkd writes them under the keys 0, 1, ... ("slots" says how many), etd-connect
 * reads one.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"

enum {
	RECORD_NAME_MAX = 64,	/* letters, digits, dot, hyphen, underscore */
	RECORD_MAX = 256	/* bytes of a record */
};

/* How a connection to the backend is made. */
struct route {
	int64_t proxy;		/* the version of the PROXY protocol's header, 1 or 2; 0: none */
	int from_client;	/* from the client's own address */
	struct address source;	/* from this one; len 0: from any of this host's */
};

struct record {
	char name[RECORD_NAME_MAX + 1];
	struct address address;
	struct route route;
	int64_t weight;		/* 1 to 256 */
};

/* Sets the source from "client" or "10.0.0.9". Returns 1, or 0 for what is neither. */
int route_source(struct route *, const char *text);

/* Returns the record's length, which is less than RECORD_MAX. */
size_t record_format(const struct record *, char text[RECORD_MAX]);

/* Returns 1, or 0 where that is not a record. */
int record_parse(struct record *, const char *text, size_t len);

/* Whether that is a valid name for a backend. */
int record_name_is_good(const char *name);

#endif
