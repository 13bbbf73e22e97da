/*
 * source: the backends as the administrator wrote them; see etd-backends(5).
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stddef.h>

#include "list.h"
#include "options.h"
#include "record.h"

enum { SOURCE_HOST_SIZE = 255 + sizeof ":65535" };

/* A line that names a backend. */
struct entry {
	struct record record;
	char host[SOURCE_HOST_SIZE];	/* "mx.example.com:25", and the record has no address (len 0);
					   empty, where the line gives an address */
	struct options options;
};

enum { SOURCE_MAX = LIST_SLOTS_MAX };	/* backends */

struct source {
	struct entry *entries;
	size_t n, room;
};

/* Reads the file into new memory, as text_read does, and reports each bad line, with its number, to say.
   Returns 1, or 0 for a file that has one, lists no backend, or cannot be read, with errno: 0 for bad
   lines, otherwise as text_read, or ENOMEM. source_free gives the memory back in any case. */
int source_read(struct source *, const char *path, int may_wait,
    void (*say)(const char *format, ...));
void source_free(struct source *);

/* Sets the address or the host from "10.0.0.1:25", "[2001:db8::3]:25" or "mx.example.com:25".
   Returns 1, or 0 for what is none of them. */
int source_parse_address(struct entry *, const char *text);

/* Whether the address is of the same family as the route's source=, if that has one: otherwise no
   connection can be made. */
int source_suits(const struct route *, const struct address *);

#endif
