/*
 * status: what backends.cdb says of the backends, as etd-backends(5) describes it.
 */
#ifndef STATUS_H
#define STATUS_H

#include <limits.h>
#include <stdint.h>

#include "field.h"
#include "record.h"
#include "state.h"

enum { STATUS_OLD_S = 120, STATUS_REASON = PATH_MAX + 128 };

struct backend {
	char name[RECORD_NAME_MAX + 1];
	enum state state;
	char address[FIELD_SIZE];	/* or the host, where that does not resolve */
	char host[FIELD_SIZE];		/* "" where the source gives an address */
	int64_t since;			/* unix seconds of the last change of state */
	int64_t weight, passes, failures;
	double share;			/* of new connections, 0 to 1 */
	char last[FIELD_SIZE];		/* the last probe's reply, or why it failed; escaped */
};

struct status {
	struct backend *backends;	/* in the source's order */
	size_t n;
	size_t up, disabled;
	int64_t slots;			/* 0: etd-connect finds none */
	int64_t written, age;		/* unix seconds; seconds, below 0 if that is in the future */
};

/* Reads the file. Returns 1, or 0 with why in reason. All that is in a status is printable
   ASCII; its memory lasts as long as the process. */
int status_read(struct status *, const char *path, char reason[STATUS_REASON]);

/* Whether checkd has not written it for STATUS_OLD_S: it does so each minute. A time that far
   ahead says as little. */
int status_is_old(const struct status *);

#endif
