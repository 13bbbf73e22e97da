/*
 * seen: finds a thing that occurs a second time. See seen.h.
 *
 * search.h is in a file of its own, since it has a struct entry, too.
 */
#include "seen.h"

#include <search.h>
#include <stddef.h>

const void *
seen_add(struct seen *s, const void *thing)
{
	const void *const *found = tsearch(thing, &s->root, s->compare);

	return found != NULL ? *found : NULL;
}

static void
keep(void *thing)
{
	(void)thing;
}

/* tdestroy is not of POSIX, but glibc and musl have it. */
void
seen_free(struct seen *s)
{
	tdestroy(s->root, keep);
	s->root = NULL;
}
