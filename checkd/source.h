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

struct backend {
	struct record record;		/* name and address */
	struct options options;
	struct health health;
	int64_t since;			/* unix seconds of the last change of state */
	char last[101];			/* the last probe's reply, or why it failed */
	struct probe probe;
	int64_t start_ms, next_ms;	/* when that began, and when the next one does */
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

/* The backend of that name, or NULL. */
struct backend *source_find(const struct source *, const char *name);

/* How many backends are in the state. */
size_t source_count(const struct source *, enum state);

#endif
