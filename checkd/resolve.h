/*
 * resolve: the addresses of backends that the source gives by host name: which are asked for, and when.
 *
 * Each host is asked for once after the source was read, and again while it does not resolve. Hosts that
 * resolved the last time come first, then new ones, and then those that did not resolve. A few children ask side by side; while the resolver keeps some of them waiting, others take
 * their place, so that hosts that do not resolve do not hold up those that do.
 *
 * The caller waits for the events of epoll.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "backends.h"
#include "lookup.h"

enum { RESOLVE_CHILDREN = 64 };

struct resolver {
	struct child child;
	int busy;			/* it was asked, and has not answered */
	char backend[RECORD_NAME_MAX + 1];
	struct question question;
	int again;			/* about one that did not resolve the last time */
	int64_t begun_ms;
};

enum resolve_class { RESOLVE_GOOD, RESOLVE_NEW, RESOLVE_AGAIN, RESOLVE_CLASSES };

struct resolve {
	int epoll;
	struct backends *backends;
	struct queue {
		struct backend *first, **end;
	} queues[RESOLVE_CLASSES];	/* to be asked for, in their order */
	struct resolver resolvers[RESOLVE_CHILDREN];
	size_t most, n, busy;		/* how many there may be; how many there are, and are busy */
	int64_t fork_ms;		/* if no child could be made: when to try again */
	int once;			/* what does not resolve is not tried again */
};

/* Takes half of the descriptors in *room for children, RESOLVE_CHILDREN at most, and lowers *room by as
   many. Returns 1, or 0 with why. */
int resolve_open(struct resolve *, size_t *room, char why[REASON_MAX]);

/* Takes on these backends, and asks for all of their hosts. Questions under way go on; their answers count,
   but are asked for again, since they may be older than the source. */
void resolve_take_on(struct resolve *, struct backends *, int64_t now_ms);

/* Asks for what is due. Returns when to call this again, INT64_MAX if only an answer can change
   something. */
int64_t resolve_run(struct resolve *, int64_t now_ms);

/* Whether a host has not been asked for yet, or is being asked for. */
int resolve_is_busy(const struct resolve *);

/* Takes one answer. Returns the backend, or NULL if there is no answer now. */
struct backend *resolve_take(struct resolve *, struct answer *, int64_t now_ms);

#endif
