/*
 * store: backends.cdb and the counter beside it. See store.h.
 */
#include "store.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "slots.h"

enum { TURN_SIZE = 8 };		/* one 64-bit counter */

static int
failed(char reason[STORE_REASON], const char *what, const char *path)
{
	snprintf(reason, STORE_REASON, "unable to %s %s: %s", what, path, strerror(errno));
	return 0;
}

static int
add(struct cdb_make *cdb, const char *key, const char *value, size_t len)
{
	return cdb_make_add(cdb, key, (unsigned)strlen(key), value, (unsigned)len);
}

static int
add_number(struct cdb_make *cdb, const char *key, int64_t n)
{
	char value[24];

	return add(cdb, key, value, (size_t)snprintf(value, sizeof value, "%lld", (long long)n));
}

/* "=smtp1": the backend's state, for people, etd-status and a restart. */
static int
add_state(struct cdb_make *cdb, const struct backend *b)
{
	struct log value = { .wanted = 1 };
	char key[RECORD_NAME_MAX + 2], address[ADDRESS_SIZE];

	snprintf(key, sizeof key, "=%s", b->record.name);
	log_text(&value, "state", state_names[b->health.state]);
	log_text(&value, "addr", address_text(&b->record.address, address));
	log_number(&value, "since", b->since);
	log_number(&value, "weight", b->options.weight);
	log_number(&value, "passes", b->health.passes);
	log_number(&value, "failures", b->health.failures);
	log_text(&value, "last", b->last);
	return add(cdb, key, value.line + 1, value.len - 1);	/* without the first space */
}

static int
add_slots(struct cdb_make *cdb, const struct source *source)
{
	struct slots slots;
	char key[24], record[RECORD_MAX];
	int ok;

	if (!slots_make(&slots, source))
		return -1;
	ok = add_number(cdb, "slots", (int64_t)slots.n) != -1;
	for (size_t i = 0; ok && i < slots.n; i++) {
		snprintf(key, sizeof key, "%zu", i);
		ok = add(cdb, key, record, record_format(&slots.backend[i]->record, record)) != -1;
	}
	slots_free(&slots);
	return ok ? 0 : -1;
}

static int
fill(int fd, const struct source *source)
{
	struct cdb_make cdb;
	int bad;

	if (cdb_make_start(&cdb, fd) == -1)
		return -1;
	bad = add_number(&cdb, "version", 1) == -1 ||
	    add_number(&cdb, "written", time(NULL)) == -1 ||
	    add_slots(&cdb, source) == -1;
	for (size_t i = 0; i < source->n && !bad; i++)
		bad = add_state(&cdb, &source->backends[i]) == -1;
	/* After a failure too: this is what frees the memory. */
	return cdb_make_finish(&cdb) == -1 || bad ? -1 : 0;
}

int
store_write(const char *path, const struct source *source, char reason[STORE_REASON])
{
	char tmp[PATH_MAX];
	int fd, ok = 1;

	snprintf(tmp, sizeof tmp, "%s.tmp", path);
	fd = open(tmp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd == -1)
		return failed(reason, "create", tmp);
	if (fill(fd, source) == -1 || fchmod(fd, 0644) == -1 || fsync(fd) == -1)
		ok = failed(reason, "write", tmp);
	close(fd);
	if (ok && rename(tmp, path) == -1)
		ok = failed(reason, "replace", path);
	if (!ok)
		unlink(tmp);
	return ok;
}

static void
read_state(struct cdb *cdb, struct backend *b)
{
	char key[RECORD_NAME_MAX + 2], value[1024], old[128], address[ADDRESS_SIZE];
	int len = snprintf(key, sizeof key, "=%s", b->record.name);
	enum state state;

	if (b->health.state != UNKNOWN || cdb_find(cdb, key, (unsigned)len) <= 0 ||
	    cdb_datalen(cdb) >= sizeof value || cdb_readdata(cdb, value) == -1)
		return;
	value[cdb_datalen(cdb)] = '\0';
	address_text(&b->record.address, address);
	for (state = UP; state <= DOWN; state++) {
		snprintf(old, sizeof old, "state=%s addr=%s since=", state_names[state], address);
		if (strncmp(value, old, strlen(old)) == 0) {
			b->health.state = state;
			b->since = strtoll(value + strlen(old), NULL, 10);
		}
	}
}

void
store_read(const char *path, struct source *source)
{
	struct cdb cdb;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	if (cdb_init(&cdb, fd) != -1) {
		for (size_t i = 0; i < source->n; i++)
			read_state(&cdb, &source->backends[i]);
		cdb_free(&cdb);
	}
	close(fd);
}

int
store_turn(const char *path, char reason[STORE_REASON])
{
	char turn[PATH_MAX];
	struct stat st;
	int fd, ok = 1;

	snprintf(turn, sizeof turn, "%s.turn", path);
	fd = open(turn, O_RDWR | O_CREAT | O_CLOEXEC, 0664);
	if (fd == -1)
		return failed(reason, "create", turn);
	if (fstat(fd, &st) == -1 || (st.st_size != TURN_SIZE &&
	    (ftruncate(fd, TURN_SIZE) == -1 || fchmod(fd, 0664) == -1)))
		ok = failed(reason, "write", turn);
	close(fd);
	return ok;
}
