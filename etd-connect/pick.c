/*
 * pick: backends from backends.cdb, in the order in which to try them. See pick.h.
 */
#include "pick.h"

#include <string.h>
#include <sys/stat.h>

#include "score.h"
#include "turn.h"

const char *const pick_balances[PICK_BALANCES] = { "roundrobin", "random", "source", "first" };

int
pick_open(struct pick *p, const char *path, enum balance balance, const char *client,
    char why[REASON_MAX])
{
	uint64_t slots;

	p->client = client;
	p->balance = balance;
	p->walked = 0;
	p->ntried = 0;
	p->start = 0;
	if (!list_open(&p->list, path, why))
		return 0;
	slots = (uint64_t)p->list.slots;
	if (slots > 0 && balance == PICK_ROUNDROBIN)
		p->start = turn_take(path) % slots;
	else if (slots > 0 && balance == PICK_RANDOM)
		p->start = turn_random() % slots;
	return 1;
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
	while (p->walked < p->list.slots) {
		uint64_t slot = (p->start + (uint64_t)p->walked++) % (uint64_t)p->list.slots;

		if (!list_record(&p->list, (int64_t)slot, r, why))
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

	for (int64_t slot = 0; slot < p->list.slots; slot++) {
		if (!list_record(&p->list, slot, &r, why))
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

static int
is_replaced(const struct list *list)
{
	struct stat now, then;

	return stat(list->path, &now) != -1 && fstat(list->fd, &then) != -1 &&
	    (now.st_ino != then.st_ino || now.st_dev != then.st_dev);
}

int
pick_refresh(struct pick *p)
{
	struct list fresh;
	char why[REASON_MAX];

	if (!is_replaced(&p->list))
		return 0;
	if (!list_open(&fresh, p->list.path, why)) {
		list_close(&fresh);
		return 0;
	}
	list_close(&p->list);
	p->list = fresh;
	p->walked = 0;
	return 1;
}

int
pick_has(const struct pick *p, const struct record *wanted)
{
	struct record r;
	char why[REASON_MAX];

	for (int64_t slot = 0; slot < p->list.slots; slot++)
		if (!list_record(&p->list, slot, &r, why))
			return 0;
		else if (strcmp(r.name, wanted->name) == 0)
			return address_equal(&r.address, &wanted->address);
	return 0;
}
