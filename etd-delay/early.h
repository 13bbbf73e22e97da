/*
 * early: what an early talker said.
 */
#ifndef EARLY_H
#define EARLY_H

#include <stddef.h>

struct early {
	size_t len;
	char text[100];
};

/* Looks at the first bytes on descriptor 0 and leaves them there for the next
   program. Only Linux can look into a pipe: elsewhere nothing is seen. */
void early_peek(struct early *);

/* What the bytes look like: "smtp", "tls", "http", "proxy"; "binary" is anything else. */
const char *early_kind(const struct early *);

#endif
