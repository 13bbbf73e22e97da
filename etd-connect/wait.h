/*
 * wait: for a backend, with an eye on the client, which has been sent nothing yet.
 */
#ifndef WAIT_H
#define WAIT_H

#include <stdint.h>

enum wait_talk {
	WAIT_REFUSE,	/* a client that talks ends the wait */
	WAIT_CHOOSE,	/* it chooses the backend under way */
	WAIT_IGNORE	/* it makes no difference */
};

struct wait {
	enum wait_talk talk;
	int spoke;	/* the client has, and is not watched any more */
};

enum waited {
	WAIT_READY,
	WAIT_FAILED,	/* errno: ETIMEDOUT where deadline_ms has come */
	WAIT_GONE,	/* the client has hung up */
	WAIT_TALKS	/* the client talks; not for WAIT_IGNORE */
};

/* Waits until the backend's descriptor is ready for events. Where the client has talked too, that
   comes first with WAIT_REFUSE; otherwise the backend does. */
enum waited wait_backend(struct wait *, int fd, short events, int64_t deadline_ms);

#endif
