/*
 * status: what backends.cdb says of the backends. See status.h.
 */
#include "status.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "number.h"

static const int64_t most = 999999999999;	/* seconds, or probes in a row */

/* What is being read, and what is wrong with it. */
struct reading {
	struct status *status;
	struct cdb cdb;
	const char *path;
	char *reason;
};

static int
damaged(struct reading *r, const char *key)
{
	snprintf(r->reason, STATUS_REASON, "%s: damaged: no good record %s", r->path, key);
	return 0;
}

/* Data of libcdb's as a string. Returns 1, or 0 for what is too long or not printable ASCII. */
static int
take_text(char *text, size_t size, const void *data, unsigned len)
{
	const char *s = data;

	if (data == NULL || len >= size)
		return 0;
	for (unsigned i = 0; i < len; i++)
		if (s[i] < ' ' || s[i] > '~')
			return 0;
	memcpy(text, s, len);
	text[len] = '\0';
	return 1;
}

/* The same, of the record that was found last; and of that under key. */
static int
take_data(struct reading *r, char *text, size_t size)
{
	return take_text(text, size, cdb_getdata(&r->cdb), cdb_datalen(&r->cdb));
}

static int
find_text(struct reading *r, const char *key, char *text, size_t size)
{
	return cdb_find(&r->cdb, key, (unsigned)strlen(key)) > 0 && take_data(r, text, size);
}

static int
take_number(struct reading *r, const char *key, int64_t max, int64_t *n)
{
	char text[24];

	return (find_text(r, key, text, sizeof text) && number_parse(text, 0, max, n)) ||
	    damaged(r, key);
}

static int
take_backend(struct backend *b, const char *line)
{
	char value[FIELD_SIZE];

	field_get(line, "addr", b->address);
	field_get(line, "host", b->host);
	field_get(line, "last", b->last);
	return b->address[0] != '\0' &&
	    state_parse(field_get(line, "state", value), &b->state) &&
	    number_parse(field_get(line, "since", value), 0, most, &b->since) &&
	    number_parse(field_get(line, "weight", value), 0, 256, &b->weight) &&
	    number_parse(field_get(line, "passes", value), 0, most, &b->passes) &&
	    number_parse(field_get(line, "failures", value), 0, most, &b->failures);
}

static struct backend *
append(struct status *s)
{
	struct backend *all = realloc(s->backends, (s->n + 1) * sizeof *all);

	if (all == NULL)
		return NULL;
	s->backends = all;
	memset(&all[s->n], 0, sizeof *all);
	return &all[s->n++];
}

/* The records "=smtp1", in the order in which checkd wrote them. */
static int
read_states(struct reading *r)
{
	struct status *s = r->status;
	char key[RECORD_NAME_MAX + 2], line[2048];
	struct backend *b;
	unsigned at;
	int found;

	cdb_seqinit(&at, &r->cdb);
	while ((found = cdb_seqnext(&at, &r->cdb)) > 0) {
		if (!take_text(key, sizeof key, cdb_getkey(&r->cdb), cdb_keylen(&r->cdb)) || key[0] != '=')
			continue;
		b = append(s);
		if (b == NULL) {
			snprintf(r->reason, STATUS_REASON, "out of memory");
			return 0;
		}
		strcpy(b->name, key + 1);
		for (const struct backend *other = s->backends; other < b; other++)
			if (strcmp(other->name, b->name) == 0)
				return damaged(r, key);
		if (!record_name_is_good(b->name) ||
		    !take_data(r, line, sizeof line) || !take_backend(b, line))
			return damaged(r, key);
		s->up += b->state == STATE_UP;
		s->disabled += b->state == STATE_DISABLED;
	}
	return found == 0 || damaged(r, "=");
}

/* The records "0", "1", ...: whom etd-connect picks. */
static int
read_slots(struct reading *r)
{
	struct status *s = r->status;
	char key[24], text[RECORD_MAX];
	struct record record;
	size_t i = 0;

	for (int64_t slot = 0; slot < s->slots; slot++) {
		snprintf(key, sizeof key, "%lld", (long long)slot);
		if (!find_text(r, key, text, sizeof text) ||
		    !record_parse(&record, text, strlen(text)))
			return damaged(r, key);
		for (size_t tried = 0; tried < s->n; tried++, i = (i + 1) % s->n)
			if (strcmp(s->backends[i].name, record.name) == 0) {
				s->backends[i].share += 1 / (double)s->slots;
				break;
			}
	}
	return 1;
}

static int
read_all(struct reading *r)
{
	struct status *s = r->status;
	int64_t version, now = time(NULL);

	if (!take_number(r, "version", most, &version))
		return 0;
	if (version != 1) {
		snprintf(r->reason, STATUS_REASON, "%s: version %lld, not 1", r->path, (long long)version);
		return 0;
	}
	if (!take_number(r, "written", most, &s->written) ||
	    !take_number(r, "slots", RECORD_SLOTS_MAX, &s->slots))
		return 0;
	s->age = now - s->written;
	return read_states(r) && read_slots(r);
}

int
status_read(struct status *s, const char *path, char reason[STATUS_REASON])
{
	struct reading r = { .status = s, .path = path, .reason = reason };
	int ok, fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	memset(s, 0, sizeof *s);
	if (fd == -1) {
		snprintf(reason, STATUS_REASON, "unable to open %s: %s", path, strerror(errno));
		return 0;
	}
	ok = cdb_init(&r.cdb, fd) != -1;
	if (ok) {
		ok = read_all(&r);
		cdb_free(&r.cdb);
	} else
		snprintf(reason, STATUS_REASON, "%s: damaged: no cdb", path);
	close(fd);
	return ok;
}

int
status_is_old(const struct status *s)
{
	return s->age > STATUS_OLD_S || s->age < -STATUS_OLD_S;
}
