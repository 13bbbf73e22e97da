/*
 * backend: what is known of a backend, and the only functions that change it.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "health.h"
#include "heap.h"
#include "offer.h"
#include "probe.h"
#include "source.h"
#include "standing.h"

/* The host's lookup, which is resolve's alone. */
struct lookup {
	struct backend *next;		/* in its queue */
	int64_t due_ms;			/* if it has failed: when to ask again */
	int is_under_way, is_stale;	/* is_stale: it began before the source was read */
	int has_failed;			/* the last one */
};

struct backend {
	struct record record;		/* the address has len 0 until the host is resolved */
	char host[SOURCE_HOST_SIZE];	/* "mx.example.com:25"; empty if the source gives an address */
	struct options options;
	struct health health;
	int64_t since;			/* unix seconds of the last change of state */
	char last[101];			/* the last probe's reply, or why it failed */
	int said_unresolved;		/* since the source was read */
	struct lookup lookup;
	int64_t begun_ms;		/* when it was added, or changed its address, and so had no result */

	struct probe probe;
	int64_t start_ms;		/* when the last one was due; if it came late, whole intervals
					   that were missed are added */
	int64_t started_ms;		/* when the last one began */
	int64_t next_ms;		/* when the next one is due */
	int64_t place_ms;		/* if all are due at once, it counts as that late already: so
					   their next ones are spread over the interval */
	struct offer offer;
	int nudged;			/* clients have caused the next probe, or the one under way */
	struct due to_start, to_end;	/* the schedule's */

	char address_text[ADDRESS_SIZE], record_text[RECORD_MAX];	/* of the address, if any */
	size_t record_len;
};

struct backends;	/* see backends.h; a change is counted there */

/* Makes one of a line of the source, without a result. Its first probe is due now; place_ms is for the
   field of that name. */
void backend_make(struct backend *, const struct entry *, int64_t place_ms, int64_t now_ms);

/* Goes on with what was known of old, which has the same name, and with its probe under way; unless old has
   another address or host. The next probe is due when it was, or sooner if its interval has become
   shorter. */
void backend_succeed(struct backend *, struct backend *old, int64_t now_ms);

/* Takes over what an older list says of a backend with the same address or host: the state, and the
   address of a host. */
void backend_recall(struct backend *, const struct standing *);

/* 0 for one that is disabled, not to be checked, or without an address yet. */
int backend_is_probed(const struct backend *);

/* Its probe has begun. */
void backend_started(struct backend *, int64_t now_ms);

/* Its probe has passed or failed. The time of the next one counts from this one's start, however
   long it took: by inter= from start_ms, so that all stay apart, by fastinter= and downinter= from
   started_ms. Probes that were missed are not made up for. Returns 1 if the state has changed. */
int backend_result(struct backends *, struct backend *, enum probe_result, int64_t now_ms);

/* A probe knows whether it offers PIPECONNECT. Returns 1 if that is news, for the log and for the list. */
int backend_answered(struct backends *, struct backend *, int is_made, int64_t now_ms);

/* Its host has this address. If that is a new one, a probe of the old one is ended, and the backend
   begins anew. */
void backend_resolved(struct backends *, struct backend *, const struct address *, int64_t now_ms);

/* Its host does not resolve. Returns 1 if the backend is down for that; if it has an address, it
   keeps that. */
int backend_unresolved(struct backends *, struct backend *, const char *why);

/* The next probe is due now, and asks EHLO, too. */
void backend_hurry(struct backend *, int64_t now_ms);

/* It has refused clients. If that is news, the next probe is due now, but no sooner than a second
   after the last one. */
void backend_nudge(struct backend *, int64_t now_ms);

/* Its address, or its host if that is not known. */
const char *backend_address(const struct backend *);

#endif
