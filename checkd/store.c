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

#include "beside.h"
#include "field.h"
#include "logfmt.h"
#include "slots.h"

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

/* Opens a file beside the list to write to it, and makes it if need be. Returns -1 with why for
   one that may not be changed. */
static int
open_beside(const char *name, mode_t mode, char why[REASON_MAX])
{
	int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode);
	const char *wrong;

	if (fd == -1) {
		reason(why, "unable to create %s: %m", name);
		return -1;
	}
	wrong = beside_wrong(fd, S_IFREG);
	if (wrong == NULL)
		return fd;
	reason(why, "unable to create %s: %s", name, wrong);
	close(fd);
	return -1;
}

/* Whether nobody else is writing the file. Whoever has the lock last may hold a file that has
   been renamed since: that one is not touched. */
static int
is_mine(int fd, const char *tmp)
{
	struct stat locked, named;

	if (flock(fd, LOCK_EX | LOCK_NB) == -1 || fstat(fd, &locked) == -1 ||
	    stat(tmp, &named) == -1)
		return 0;
	errno = EWOULDBLOCK;
	return locked.st_ino == named.st_ino;
}

/* The file, empty and locked. While it is written it can be opened by this account alone: whoever
   can open a file can lock it, and so keep the list as it is. */
static int
open_tmp(const char *tmp, char why[REASON_MAX])
{
	int fd = open_beside(tmp, 0600, why);

	if (fd == -1 || (is_mine(fd, tmp) && ftruncate(fd, 0) != -1 && fchmod(fd, 0600) != -1))
		return fd;
	reason(why, "unable to create %s: %m", tmp);
	close(fd);
	return -1;
}

int
store_write(const char *path, const struct source *source, struct stat *written,
    char why[REASON_MAX])
{
	char tmp[PATH_MAX];
	int fd, ok = 1;

	if (!beside_name(tmp, path, BESIDE_TMP))
		return reason(why, "unable to create %s: %m", path);
	fd = open_tmp(tmp, why);
	if (fd == -1)
		return 0;
	if (fill(fd, source) == -1 || fsync(fd) == -1 || fchmod(fd, 0644) == -1 ||
	    fstat(fd, written) == -1)
		ok = reason(why, "unable to write %s: %m", tmp);
	if (ok && rename(tmp, path) == -1)
		ok = reason(why, "unable to replace %s: %m", path);
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
store_read(const char *path, struct source *source, char why[REASON_MAX])
{
	struct cdb cdb;
	int ok, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT || reason(why, "unable to open %s: %m", path);
	ok = cdb_init(&cdb, fd) != -1;
	if (ok) {
		ok = cdb_find(&cdb, "version", 7) > 0;
		for (size_t i = 0; ok && i < source->n; i++)
			ok = read_state(&cdb, &source->backends[i]) != -1;
		cdb_free(&cdb);
	}
	close(fd);
	return ok || reason(why, "%s: damaged: not all states are known", path);
}

/* Whether the counter is there already. A file system may let nobody open it to write now. */
static int
is_turn(const char *turn)
{
	struct stat st;

	return lstat(turn, &st) != -1 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == geteuid() && st.st_size == BESIDE_TURN_SIZE;
}

int
store_turn(const char *path, char why[REASON_MAX])
{
	char turn[PATH_MAX];
	int fd, ok = 1;

	if (!beside_name(turn, path, BESIDE_TURN))
		return reason(why, "unable to create %s: %m", path);
	if (is_turn(turn))
		return 1;
	fd = open_beside(turn, 0664, why);
	if (fd == -1)
		return 0;
	if (ftruncate(fd, BESIDE_TURN_SIZE) == -1 || fchmod(fd, 0664) == -1)
		ok = reason(why, "unable to write %s: %m", turn);
	close(fd);
	return ok;
}
