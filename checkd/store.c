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
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "field.h"
#include "log.h"
#include "slots.h"

enum { TURN_SIZE = 8 };	/* one 64-bit counter */

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
add_state(struct cdb_make *cdb, struct backend *b)
{
	struct logfmt value;	/* not cleared: that is 4 KiB a backend */
	char key[RECORD_NAME_MAX + 2] = "=";

	strcpy(key + 1, b->record.name);
	value.len = (size_t)snprintf(value.line, sizeof value.line,
	    "state=%s addr=%s%s%s since=%lld weight=%lld passes=%lld failures=%lld",
	    state_names[b->health.state], source_address(b),
	    b->host[0] != '\0' ? " host=" : "", b->host, (long long)b->since,
	    (long long)b->options.weight, (long long)b->health.passes,
	    (long long)b->health.failures);
	logfmt_text(&value, "last", b->last);	/* the only one from the network */
	return add(cdb, key, value.line, value.len);
}

static int
add_slots(struct cdb_make *cdb, const struct source *source)
{
	struct slots slots;
	const char *record;
	char key[24];
	size_t len;
	int ok;

	if (!slots_make(&slots, source))
		return -1;
	ok = add_number(cdb, "slots", (int64_t)slots.n) != -1;
	for (size_t i = 0; ok && i < slots.n; i++) {
		snprintf(key, sizeof key, "%zu", i);
		record = source_record(slots.backend[i], &len);
		ok = add(cdb, key, record, len) != -1;
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

/* The file, empty and locked; -1 with errno if another process is writing it. Whoever
   has the lock last may hold a file that has been renamed since: that one is not touched.
   Nobody else may open it before it is complete: a lock of theirs would keep it from us. */
static int
open_tmp(const char *tmp)
{
	struct stat locked, named;
	int error, fd = open(tmp, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd == -1)
		return -1;
	errno = EPERM;
	if (fstat(fd, &locked) != -1 && locked.st_uid == geteuid() && fchmod(fd, 0600) != -1 &&
	    flock(fd, LOCK_EX | LOCK_NB) != -1 && stat(tmp, &named) != -1) {
		errno = EWOULDBLOCK;
		if (locked.st_ino == named.st_ino && ftruncate(fd, 0) != -1)
			return fd;
	}
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
store_write(const char *path, const struct source *source, struct stat *written,
    char reason[STORE_REASON])
{
	char tmp[PATH_MAX];
	int fd, ok = 1;

	snprintf(tmp, sizeof tmp, "%s.tmp", path);
	fd = open_tmp(tmp);
	if (fd == -1)
		return failed(reason, "create", tmp);
	if (fill(fd, source) == -1 || fchmod(fd, 0644) == -1 || fsync(fd) == -1 ||
	    fstat(fd, written) == -1)
		ok = failed(reason, "write", tmp);
	if (ok && rename(tmp, path) == -1)
		ok = failed(reason, "replace", path);
	if (!ok)
		unlink(tmp);
	close(fd);
	return ok;
}

int
store_is(const char *path, const struct stat *written)
{
	struct stat st;

	return stat(path, &st) != -1 && st.st_ino == written->st_ino &&
	    st.st_size == written->st_size &&
	    st.st_mtim.tv_sec == written->st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == written->st_mtim.tv_nsec;
}

/* What add_state wrote. */
static void
take_state(struct backend *b, const char *line)
{
	char value[FIELD_SIZE];
	enum state state;
	struct backend old = { .probe.fd = -1 };

	field_get(line, "addr", value);
	if (b->host[0] == '\0') {
		if (strcmp(value, source_address(b)) != 0)
			return;
	} else if (source_parse_address(&old, value) && old.host[0] == '\0' &&
	    source_suits(&b->record.route, &old.record.address) &&
	    strcmp(field_get(line, "host", value), b->host) == 0)
		b->record.address = old.record.address;
	else
		return;
	if (state_parse(field_get(line, "state", value), &state) && (state == STATE_UP || state == STATE_DOWN)) {
		b->health.state = state;
		b->since = strtoll(field_get(line, "since", value), NULL, 10);
	}
}

/* Returns what cdb_find does; a value that is no line counts as damage. */
static int
read_state(struct cdb *cdb, struct backend *b)
{
	char key[RECORD_NAME_MAX + 2], line[2048];
	int len = snprintf(key, sizeof key, "=%s", b->record.name);
	int found = cdb_find(cdb, key, (unsigned)len);

	if (found <= 0)
		return found;
	if (cdb_datalen(cdb) >= sizeof line || cdb_readdata(cdb, line) == -1)
		return -1;
	line[cdb_datalen(cdb)] = '\0';
	take_state(b, line);
	return 1;
}

int
store_read(const char *path, struct source *source, char reason[STORE_REASON])
{
	struct cdb cdb;
	int ok, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? 1 : failed(reason, "open", path);
	ok = cdb_init(&cdb, fd) != -1;
	if (ok) {
		ok = cdb_find(&cdb, "version", 7) > 0;
		for (size_t i = 0; ok && i < source->n; i++)
			ok = read_state(&cdb, &source->backends[i]) != -1;
		cdb_free(&cdb);
	}
	close(fd);
	if (!ok)
		snprintf(reason, STORE_REASON, "%s: damaged: not all states are known", path);
	return ok;
}

int
store_turn(const char *path, char reason[STORE_REASON])
{
	char turn[PATH_MAX];
	struct stat st;
	int fd, ok = 1;

	snprintf(turn, sizeof turn, "%s.turn", path);
	if (lstat(turn, &st) != -1 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_size == TURN_SIZE)
		return 1;
	/* Root may write where others can plant a name: what is cut must be a file of its own. */
	fd = open(turn, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0664);
	if (fd == -1)
		return failed(reason, "create", turn);
	errno = EPERM;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    st.st_uid != geteuid() ||
	    ftruncate(fd, TURN_SIZE) == -1 || fchmod(fd, 0664) == -1)
		ok = failed(reason, "write", turn);
	close(fd);
	return ok;
}
