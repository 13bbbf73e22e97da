/*
 * status: what backends.cdb says of the backends. See status.h.
 */
#include "status.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int
damaged(const struct list *list, const char *name, char why[REASON_MAX])
{
	char key[LIST_KEY_MAX];

	return list_damaged(list, list_key_standing(key, name), why);
}

static struct row *
append(struct status *s)
{
	struct row *all = realloc(s->rows, (s->n + 1) * sizeof *all);

	if (all == NULL)
		return NULL;
	s->rows = all;
	memset(&all[s->n], 0, sizeof *all);
	return &all[s->n++];
}

static const struct row *
find(const struct status *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->rows[i].name, name) == 0)
			return &s->rows[i];
	return NULL;
}

/* A name that is there twice has two standings, of which only one is found. */
static int
read_row(struct status *s, const struct list *list, const char *name, char why[REASON_MAX])
{
	struct row *row;

	if (find(s, name) != NULL)
		return damaged(list, name, why);
	row = append(s);
	if (row == NULL)
		return reason(why, "out of memory");
	strcpy(row->name, name);
	switch (list_standing(list, name, &row->standing, why)) {
	case LISTED:
		break;
	case LISTED_NOT:
		return damaged(list, name, why);
	case LISTED_DAMAGED:
		return 0;
	}
	s->up += row->standing.state == STATE_UP;
	s->disabled += row->standing.state == STATE_DISABLED;
	s->pipeconnect += row->standing.pipeconnect != 0;
	return 1;
}

static int
read_rows(struct status *s, const struct list *list, char why[REASON_MAX])
{
	char name[RECORD_NAME_MAX + 1];
	uint32_t at = 0;

	for (;;)
		switch (list_next(list, &at, name, why)) {
		case LISTED:
			if (!read_row(s, list, name, why))
				return 0;
			break;
		case LISTED_NOT:
			return 1;
		case LISTED_DAMAGED:
			return 0;
		}
}

/* Whom etd-connect picks. The next slot's backend is as a rule the next one. */
static int
read_slots(struct status *s, const struct list *list, char why[REASON_MAX])
{
	struct record record;
	size_t i = 0;

	for (int64_t slot = 0; slot < s->slots; slot++) {
		if (!list_record(list, slot, &record, why))
			return 0;
		for (size_t tried = 0; tried < s->n; tried++, i = (i + 1) % s->n)
			if (strcmp(s->rows[i].name, record.name) == 0) {
				s->rows[i].share += 1 / (double)s->slots;
				break;
			}
	}
	return 1;
}

int
status_read(struct status *s, const char *path, char why[REASON_MAX])
{
	struct list list;
	int ok;

	memset(s, 0, sizeof *s);
	ok = list_open(&list, path, why) && list_written(&list, &s->written, why);
	if (ok) {
		s->slots = list.slots;
		s->age = time(NULL) - s->written;
		ok = read_rows(s, &list, why) && read_slots(s, &list, why);
	}
	list_close(&list);
	return ok;
}

int
status_is_old(const struct status *s)
{
	return s->age > STATUS_OLD_S || s->age < -STATUS_OLD_S;
}
