/*
 * candidates: the backends that may be tried for a client. See candidates.h.
 */
#include "candidates.h"

#include <errno.h>
#include <unistd.h>

#include "dial.h"

static enum picked
pick_one(struct candidates *c, char why[REASON_MAX])
{
	struct candidate *next = &c->all[c->picked];
	enum picked picked = PICKED_NONE;

	if (c->picked < c->most)
		do
			picked = pick_next(&c->pick, &next->record, why);
		while (picked == PICKED_ONE && c->prepared && next->record.route.from_client);
	if (picked == PICKED_ONE) {
		next->fd = -1;
		c->picked++;
	}
	return picked;
}

static void
open_socket(const struct candidates *c, struct candidate *one)
{
	one->fd = dial_socket(&one->record, &c->from);
	one->error = one->fd == -1 ? errno : 0;
}

int
candidates_prepare(struct candidates *c, char why[REASON_MAX])
{
	enum picked picked;

	while ((picked = pick_one(c, why)) == PICKED_ONE) {
		struct candidate *last = &c->all[c->picked - 1];

		if (last->record.route.from_client)
			open_socket(c, last);
	}
	c->prepared = 1;
	return picked != PICKED_ERROR;
}

/* Those that were picked from an older list, and are not in this one: others take their place. */
static void
skip_unlisted(struct candidates *c)
{
	for (; c->refreshed && c->tried < c->picked; c->tried++) {
		struct candidate *one = &c->all[c->tried];

		if (pick_has(&c->pick, &one->record))
			return;
		if (one->fd != -1)
			close(one->fd);
		c->most++;
	}
}

enum picked
candidates_next(struct candidates *c, const struct candidate **next, char why[REASON_MAX])
{
	enum picked picked = PICKED_ONE;
	struct candidate *one;

	if (c->tried > 0)
		c->refreshed |= pick_refresh(&c->pick);
	skip_unlisted(c);
	if (c->tried == c->picked)
		picked = pick_one(c, why);
	if (picked != PICKED_ONE)
		return picked;
	one = &c->all[c->tried++];
	if (one->fd == -1 && one->error == 0)
		open_socket(c, one);
	*next = one;
	return PICKED_ONE;
}

void
candidates_end(struct candidates *c)
{
	for (int i = c->tried; i < c->picked; i++)
		if (c->all[i].fd != -1)
			close(c->all[i].fd);
}
