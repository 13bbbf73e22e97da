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
	char host[SOURCE_HOST_SIZE];	/* "mx.example.com:25"; empty where the source gives an address */
	struct options options;
	struct health health;
	int64_t since;			/* unix seconds of the last change of state */
	char last[101];			/* the last probe's reply, or why it failed */
	int said_unresolved;		/* since the source was read */
	struct lookup lookup;
	int64_t begun_ms;		/* when it was added, or changed its address, and so had no result */

	struct probe probe;
	int64_t start_ms;		/* when the last one was due; where it came late, whole intervals
					   that were missed are added */
	int64_t next_ms;		/* when the next one is due */
	int64_t place_ms;		/* where all are due at once, it counts as that late already: so
					   their next ones are spread over the interval */
	struct offer offer;
	int nudged;			/* clients have caused the next probe, or the one under way */
	struct due to_start, to_end;	/* the schedule's */

	char address_text[ADDRESS_SIZE], record_text[RECORD_MAX];	/* of the address, if any */
	size_t record_len;
};

struct backends {
	struct backend *all;		/* in the source's order */
	size_t n;
	struct backend **by_name;	/* sorted */
	size_t changes;			/* how many there were for which the list must be written */
};

/* The backends of a source, without a result. Their first probes are due now, the next ones are
   spread over the interval. Returns 1, or 0 where memory runs out. */
int backends_make(struct backends *, const struct source *, int64_t now_ms);

/* Ends the probes under way, and gives the memory back. */
void backends_free(struct backends *);

/* Frees what is there and puts fresh in its place. A backend of the same name with the same address
   or host goes on with what was known of it, and with the probe under way. Its next probe is due
   when it was, or sooner if its interval has become shorter. */
void backends_replace(struct backends *, struct backends *fresh, int64_t now_ms);

/* Returns NULL for none. */
struct backend *backends_find(const struct backends *, const char *name);

struct counts {
	size_t up, unknown;
	size_t serving;		/* up, with a weight: clients are sent there */
	size_t possible;	/* not disabled, with an address: clients could be, if none serves */
	int64_t begun_ms;	/* the last one's of those that are unknown */
};
struct counts backends_count(const struct backends *);

/* Takes over what an older list says of a backend with the same address or host: the state, and the
   address of a host. */
void backend_recall(struct backend *, const struct standing *);

/* 0 for one that is disabled, not to be checked, or without an address yet. */
int backend_is_probed(const struct backend *);

/* Its probe has begun. */
void backend_started(struct backend *, int64_t now_ms);

/* Its probe has passed or failed. The time of the next one counts from this one's start, however
   long it took; probes that were missed are not made up for. Returns 1 if the state has changed. */
int backend_result(struct backends *, struct backend *, enum probe_result, int64_t now_ms);

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

/* Its address, or its host where that is not known. */
const char *backend_address(const struct backend *);

#endif
