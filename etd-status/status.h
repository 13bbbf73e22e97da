/*
 * status: what backends.cdb says of the backends, as etd-backends(5) describes it.
 */
#ifndef STATUS_H
#define STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "list.h"

enum { STATUS_OLD_S = 120 };

/* A backend. */
struct row {
	char name[RECORD_NAME_MAX + 1];
	struct standing standing;
	double share;			/* of new connections, 0 to 1 */
};

struct status {
	struct row *rows;		/* in the source's order */
	size_t n;
	size_t up, disabled, pipeconnect;
	int64_t slots;			/* 0: etd-connect finds none */
	int64_t written, age;		/* unix seconds; seconds, below 0 if that is in the future */
};

/* Reads the file. Returns 1, or 0 with why. All that is in a status is printable ASCII; its memory
   lasts as long as the process. */
int status_read(struct status *, const char *path, char why[REASON_MAX]);

/* Whether checkd has not written it for STATUS_OLD_S: it does so each minute. A time that far
   ahead says as little. */
int status_is_old(const struct status *);

#endif
