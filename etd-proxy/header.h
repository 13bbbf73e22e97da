/*
 * header: takes the PROXY header off a descriptor, and not one byte of what comes after it.
 */
#ifndef HEADER_H
#define HEADER_H

#include <stdint.h>

#include "proxied.h"
#include "reason.h"

struct header {
	struct proxied proxied;		/* once it is whole */
	enum proxied_progress progress;
	size_t len;			/* how much has come and was looked at or skipped ... */
	char bytes[PROXIED_HEAD];	/* ... and how that begins */
	int64_t waited_ms;
	int silent;			/* the sender went without having sent anything */
};

/* Waits for it on a socket or a pipe, for timeout_ms at most. Returns 1, or 0 with why: it is not
   good, or did not come whole. */
int header_take(struct header *, int fd, int64_t timeout_ms, char why[REASON_MAX]);

#endif
