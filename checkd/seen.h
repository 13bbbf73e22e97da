/*
 * seen: finds a thing that occurs a second time. To add one costs the logarithm of their number.
 */
#ifndef SEEN_H
#define SEEN_H

struct seen {
	void *root;		/* NULL at first */
	int (*compare)(const void *, const void *);
};

/* Adds a thing, which must stay where it is, unless there is an equal one. Returns the one that is
   there now, or NULL if memory runs out. */
const void *seen_add(struct seen *, const void *thing);

/* Forgets all, and gives the memory back. */
void seen_free(struct seen *);

#endif
