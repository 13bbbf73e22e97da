/*
 * source: the backends as the administrator wrote them; see etd-backends(5).
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdint.h>

#include "health.h"
#include "options.h"
#include "probe.h"
#include "record.h"

enum { HOST_MAX = 255 };

struct backend {
	struct record record;		/* name, address (len 0: not resolved yet) and route */
	char host[HOST_MAX + 7];	/* "mx.example.com:25"; empty where the address was given */
	int resolved, said_unresolved;	/* since the source was read */
	struct options options;
	struct health health;
	int64_t since;			/* unix seconds of the last change of state */
	char last[101];			/* the last probe's reply, or why it failed */
	struct probe probe;
	int nudged;			/* clients have caused the next probe, or the one under way */
	int64_t start_ms, next_ms;	/* when that was due, to the interval; when the next one is */
	struct address formatted;	/* for which are these: */
	char address_text[ADDRESS_SIZE], record_text[RECORD_MAX];
	size_t record_len;
};

struct source {
	struct backend *backends;
	size_t n;
};

/* Reads the file into new memory, and says each bad line by its number. Returns 1, or 0
   where there was one, or no backend at all, or no file to read. source_free gives the
   memory back in any case. */
int source_read(struct source *, const char *path, void (*say)(const char *format, ...));
void source_free(struct source *);

/* From "10.0.0.1:25", "[2001:db8::3]:25" or "mx.example.com:25". Returns 1, or 0 for
   what is none of them. */
int source_parse_address(struct backend *, const char *text);

/* Whether a connection can go to that address from the route's source, if it has one: both are
   of one family. */
int source_suits(const struct route *, const struct address *);

/* The backend of that name, or NULL. */
struct backend *source_find(const struct source *, const char *name);

/* How many backends are in the state. */
size_t source_count(const struct source *, enum state);

/* How many can be given clients: they are up, and have a weight. And how many could be, if none
   of those is there: they are not disabled, and have an address. */
size_t source_serving(const struct source *);
size_t source_possible(const struct source *);

/* The backend's address, or its host where that is not known; and its record, for
   backends.cdb. Formatted once, as long as the address stays. */
const char *source_address(struct backend *);
const char *source_record(struct backend *, size_t *len);

#endif
