/*
 * pick: backends from backends.cdb, in the order in which to try them. See pick.h.
 *
 * The file is read, not mapped: to cut a mapped file short is to kill its readers.
 */
#include "pick.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "number.h"
#include "score.h"
#include "turn.h"

int
pick_balance(const char *name, enum balance *balance)
{
	static const char *const names[] = { "roundrobin", "random", "source", "first" };

	for (int i = PICK_ROUNDROBIN; i <= PICK_FIRST; i++)
		if (strcmp(name, names[i]) == 0) {
			*balance = (enum balance)i;
			return 1;
		}
	return 0;
}

/* The value under key as a string. A file without it is not one of checkd's. */
static size_t
get(struct pick *p, const char *key, char value[RECORD_MAX])
{
	unsigned len;
	int found = cdb_seek(p->fd, key, (unsigned)strlen(key), &len);

	if (found == -1 && errno != EIO)	/* that is how libcdb says: too short */
		client_giveup(111, "unable to read %s: %m", p->path);
	if (found <= 0 || len >= RECORD_MAX || cdb_bread(p->fd, value, (int)len) == -1)
		client_giveup(111, "%s: damaged: no good record %s", p->path, key);
	value[len] = '\0';
	return len;
}

void
pick_open(struct pick *p, const char *path, enum balance balance, const char *client)
{
	char value[RECORD_MAX];

	p->path = path;
	p->client = client;
	p->balance = balance;
	p->walked = 0;
	p->ntried = 0;
	p->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (p->fd == -1)
		client_giveup(111, "unable to open %s: %m", path);
	if (get(p, "version", value) != 1 || value[0] != '1')
		client_giveup(111, "%s: version %s, not 1", path, value);
	get(p, "slots", value);
	if (!number_parse(value, 0, RECORD_SLOTS_MAX, &p->slots))
		client_giveup(111, "%s: damaged: slots=%s", path, value);
	p->start = 0;
	if (p->slots > 0 && balance == PICK_ROUNDROBIN)
		p->start = turn_take(path) % (uint64_t)p->slots;
	else if (p->slots > 0 && balance == PICK_RANDOM)
		p->start = turn_random() % (uint64_t)p->slots;
}

static void
get_slot(struct pick *p, int64_t slot, struct record *r)
{
	char key[24], value[RECORD_MAX];

	snprintf(key, sizeof key, "%lld", (long long)slot);
	if (!record_parse(r, value, get(p, key, value)))
		client_giveup(111, "%s: damaged: record %s is %s", p->path, key, value);
}

static int
was_tried(const struct pick *p, const char *name)
{
	for (int i = 0; i < p->ntried; i++)
		if (strcmp(p->tried[i], name) == 0)
			return 1;
	return 0;
}

/* The next in the list. */
static int
next_slot(struct pick *p, struct record *r)
{
	while (p->walked < p->slots) {
		get_slot(p, (int64_t)((p->start + (uint64_t)p->walked++) % (uint64_t)p->slots), r);
		if (!was_tried(p, r->name))
			return 1;
	}
	return 0;
}

/* The one with the best score for this client. That a backend has several slots makes
   no difference here: its weight is in its score. */
static int
best_score(struct pick *p, struct record *best)
{
	struct record r;
	double score, best_so_far = -1;

	for (int64_t slot = 0; slot < p->slots; slot++) {
		get_slot(p, slot, &r);
		score = score_of(p->client, r.name, r.weight);
		if (score > best_so_far && !was_tried(p, r.name)) {
			best_so_far = score;
			*best = r;
		}
	}
	return best_so_far >= 0;
}

int
pick_next(struct pick *p, struct record *r)
{
	if (p->ntried == PICK_TRIES_MAX)
		return 0;
	if (!(p->balance == PICK_SOURCE ? best_score(p, r) : next_slot(p, r)))
		return 0;
	strcpy(p->tried[p->ntried++], r->name);
	return 1;
}
