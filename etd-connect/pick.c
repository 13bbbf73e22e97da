/*
 * pick: backends from backends.cdb, in the order in which to try them. See pick.h.
 */
#include "pick.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "number.h"
#include "turn.h"

enum { SLOTS_MAX = 1000000 };

/* The value under key as a string. A file without it is not one of checkd's. */
static size_t
get(struct pick *p, const char *key, char value[RECORD_MAX])
{
	size_t len;

	if (cdb_find(&p->cdb, key, (unsigned)strlen(key)) <= 0 ||
	    (len = cdb_datalen(&p->cdb)) >= RECORD_MAX || cdb_readdata(&p->cdb, value) == -1)
		client_giveup(111, "%s: damaged: no good record %s", p->path, key);
	value[len] = '\0';
	return len;
}

void
pick_open(struct pick *p, const char *path)
{
	char value[RECORD_MAX];
	int fd = open(path, O_RDONLY);

	p->path = path;
	p->walked = 0;
	p->ntried = 0;
	if (fd == -1)
		client_giveup(111, "unable to open %s: %m", path);
	if (cdb_init(&p->cdb, fd) == -1)
		client_giveup(111, "unable to read %s: %m", path);
	close(fd);	/* it is mapped */

	get(p, "version", value);
	if (strcmp(value, "1") != 0)
		client_giveup(111, "%s: version %s, not 1", path, value);
	get(p, "slots", value);
	if (!number_parse(value, 0, SLOTS_MAX, &p->slots))
		client_giveup(111, "%s: damaged: slots=%s", path, value);
	p->start = p->slots > 0 ? turn_take(path) % (uint64_t)p->slots : 0;
}

static int
was_tried(const struct pick *p, const char *name)
{
	for (int i = 0; i < p->ntried; i++)
		if (strcmp(p->tried[i], name) == 0)
			return 1;
	return 0;
}

int
pick_next(struct pick *p, struct record *r)
{
	char key[24], value[RECORD_MAX];

	while (p->walked < p->slots && p->ntried < PICK_TRIES_MAX) {
		uint64_t slot = (p->start + (uint64_t)p->walked++) % (uint64_t)p->slots;

		snprintf(key, sizeof key, "%llu", (unsigned long long)slot);
		if (!record_parse(r, value, get(p, key, value)))
			client_giveup(111, "%s: damaged: record %s is %s", p->path, key, value);
		if (was_tried(p, r->name))
			continue;
		strcpy(p->tried[p->ntried++], r->name);
		return 1;
	}
	return 0;
}
