/*
 * patterns: the expressions that tell dynamic names. See patterns.h.
 */
#include "patterns.h"

#include <stdlib.h>
#include <string.h>

/* A place for one more. */
static struct class_pattern *
make_room(struct patterns *p)
{
	struct class_pattern *old = &p->all[p->oldest];

	if (p->n < PATTERNS_MAX)
		return &p->all[p->n++];
	p->oldest = (p->oldest + 1) % PATTERNS_MAX;
	class_free(old);
	free((char *)old->text);
	return old;
}

struct class_pattern *
patterns_find(struct patterns *p, const char *text)
{
	struct class_pattern wanted, *fresh;
	char *copy;

	class_pattern(&wanted, text);
	for (int i = 0; i < p->n; i++)
		if (strcmp(p->all[i].text, wanted.text) == 0)
			return &p->all[i];
	copy = strdup(wanted.text);	/* a rule's text goes with its file */
	if (copy == NULL)
		return NULL;
	fresh = make_room(p);
	class_pattern(fresh, copy);
	return fresh;
}
