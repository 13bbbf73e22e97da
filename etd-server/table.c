/*
 * table: what is known by network. See table.h.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

int
table_open(struct table *t, size_t entries)
{
	size_t buckets = 64;

	while (buckets < entries)
		buckets *= 2;
	*t = (struct table){ .mask = buckets - 1 };
	if (getrandom(&t->secret, sizeof t->secret, 0) != sizeof t->secret)
		t->secret = (uintptr_t)t;
	t->buckets = calloc(buckets, sizeof *t->buckets);
	return t->buckets != NULL;
}

static struct entry **
bucket(const struct table *t, const struct network *n)
{
	uint64_t words[3] = { 0 }, hash = t->secret;

	memcpy(words, n, sizeof *n);
	for (int i = 0; i < 3; i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return &t->buckets[(hash ^ hash >> 32) & t->mask];
}

struct entry *
table_find(const struct table *t, const struct network *n)
{
	struct entry *e = *bucket(t, n);

	while (e != NULL && !network_equal(&e->network, n))
		e = e->chain;
	return e;
}

/* Out of the order, and to its newest end. */
static void
unlink_entry(struct table *t, struct entry *e)
{
	if (e->older != NULL)
		e->older->newer = e->newer;
	else
		t->oldest = e->newer;
	if (e->newer != NULL)
		e->newer->older = e->older;
	else
		t->newest = e->older;
}

static void
link_newest(struct table *t, struct entry *e)
{
	e->newer = NULL;
	e->older = t->newest;
	if (t->newest != NULL)
		t->newest->newer = e;
	else
		t->oldest = e;
	t->newest = e;
}

void
table_add(struct table *t, struct entry *e)
{
	struct entry **b = bucket(t, &e->network);

	e->chain = *b;
	*b = e;
	link_newest(t, e);
	t->n++;
}

void
table_remove(struct table *t, struct entry *e)
{
	struct entry **at = bucket(t, &e->network);

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	unlink_entry(t, e);
	t->n--;
}

void
table_touch(struct table *t, struct entry *e)
{
	unlink_entry(t, e);
	link_newest(t, e);
}
