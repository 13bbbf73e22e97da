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

#include "number.h"
#include "score.h"
#include "turn.h"

const char *const pick_balances[PICK_BALANCES] = { "roundrobin", "random", "source", "first" };

/* The value under key as a string, and its length; 0 with why. A file without it is not one of
   checkd's. */
static size_t
get(struct pick *p, const char *key, char value[RECORD_MAX], char why[REASON_MAX])
{
	unsigned len;
	int found = cdb_seek(p->fd, key, (unsigned)strlen(key), &len);

	if (found == -1 && errno != EIO)	/* that is how libcdb says: too short */
		return (size_t)reason(why, "unable to read %s: %m", p->path);
	if (found <= 0 || len == 0 || len >= RECORD_MAX || cdb_bread(p->fd, value, (int)len) == -1)
		return (size_t)reason(why, "%s: damaged: no good record %s", p->path, key);
	value[len] = '\0';
	return len;
}

int
pick_open(struct pick *p, const char *path, enum balance balance, const char *client,
    char why[REASON_MAX])
{
	char value[RECORD_MAX];

	p->path = path;
	p->client = client;
	p->balance = balance;
	p->walked = 0;
	p->ntried = 0;
	p->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (p->fd == -1)
		return reason(why, "unable to open %s: %m", path);
	if (get(p, "version", value, why) == 0)
		return 0;
	if (strcmp(value, "1") != 0)
		return reason(why, "%s: version %s, not 1", path, value);
	if (get(p, "slots", value, why) == 0)
		return 0;
	if (!number_parse(value, 0, RECORD_SLOTS_MAX, &p->slots))
		return reason(why, "%s: damaged: slots=%s", path, value);
	p->start = 0;
	if (p->slots > 0 && balance == PICK_ROUNDROBIN)
		p->start = turn_take(path) % (uint64_t)p->slots;
	else if (p->slots > 0 && balance == PICK_RANDOM)
		p->start = turn_random() % (uint64_t)p->slots;
	return 1;
}

static int
get_slot(struct pick *p, int64_t slot, struct record *r, char why[REASON_MAX])
{
	char key[24], value[RECORD_MAX];
	size_t len;

	snprintf(key, sizeof key, "%lld", (long long)slot);
	len = get(p, key, value, why);
	return len > 0 && (record_parse(r, value, len) ||
	    reason(why, "%s: damaged: record %s is %s", p->path, key, value));
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
static enum picked
next_slot(struct pick *p, struct record *r, char why[REASON_MAX])
{
	while (p->walked < p->slots) {
		uint64_t slot = (p->start + (uint64_t)p->walked++) % (uint64_t)p->slots;

		if (!get_slot(p, (int64_t)slot, r, why))
			return PICKED_ERROR;
		if (!was_tried(p, r->name))
			return PICKED_ONE;
	}
	return PICKED_NONE;
}

/* The one with the best score for this client. That a backend has several slots makes
   no difference here: its weight is in its score. */
static enum picked
best_score(struct pick *p, struct record *best, char why[REASON_MAX])
{
	struct record r;
	double score, best_so_far = -1;

	for (int64_t slot = 0; slot < p->slots; slot++) {
		if (!get_slot(p, slot, &r, why))
			return PICKED_ERROR;
		score = score_of(p->client, r.name, r.weight);
		if (score > best_so_far && !was_tried(p, r.name)) {
			best_so_far = score;
			*best = r;
		}
	}
	return best_so_far >= 0 ? PICKED_ONE : PICKED_NONE;
}

enum picked
pick_next(struct pick *p, struct record *r, char why[REASON_MAX])
{
	enum picked picked;

	if (p->ntried == PICK_TRIES_MAX)
		return PICKED_NONE;
	picked = p->balance == PICK_SOURCE ? best_score(p, r, why) : next_slot(p, r, why);
	if (picked == PICKED_ONE)
		strcpy(p->tried[p->ntried++], r->name);
	return picked;
}
