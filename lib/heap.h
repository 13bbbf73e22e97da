/*
 * heap: finds the first of many moments. A thing that waits for one holds a struct due, which is
 * all that the heap knows of it. To add, move or remove one costs the logarithm of their number.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>
#include <stdint.h>

struct due {
	int64_t at_ms;		/* set by heap_set alone */
	size_t place;		/* the heap's own; 0: it is in none */
};

struct heap {
	struct due **dues;	/* dues[1] is the first; dues[i] is not before dues[i / 2] */
	size_t n, room;
};

/* Makes room for n in all. Returns 1, or 0 where memory runs out; then all is as it was. */
int heap_room(struct heap *, size_t n);

/* heap_set adds it, for which there must be room, or moves it if it is in already. heap_remove
   takes it out, if it is in. */
void heap_set(struct heap *, struct due *, int64_t at_ms);
void heap_remove(struct heap *, struct due *);

/* The one that comes first, or NULL. */
struct due *heap_first(const struct heap *);

/* Takes all out. They are not touched, and may be gone already. */
void heap_clear(struct heap *);

#endif
