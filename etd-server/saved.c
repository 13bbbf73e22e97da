/*
 * saved: a file of clients that have passed. See saved.h.
 */
#include "saved.h"

#include <cdb.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "renewal.h"

enum { VALUE_MAX = 20 };
static const int64_t LATEST = 1LL << 40;
static const char key_version[] = "version", version[] = "1";

/* Returns the moment that a record gives; 0 if it gives none. */
static int64_t
parse_moment(const struct snapshot *s)
{
	int64_t until_s;

	return snapshot_number(s, 1, LATEST, &until_s) ? until_s : 0;
}

static int
parse_network(const struct cdb *cdb, struct network *network)
{
	char text[NETWORK_SIZE] = "";
	const char *key = cdb_getkey(cdb);

	if (key == NULL || cdb_keylen(cdb) >= sizeof text)
		return 0;
	memcpy(text, key, cdb_keylen(cdb));
	return network_parse(network, text);
}

/* Returns 1, or 0 for a file that is not whole, or of another version. */
static int
read_all(struct snapshot *s, saved_take *take, void *arg)
{
	struct cdb *cdb = &s->cdb;
	struct network network;
	unsigned at = 0;
	int64_t until_s, now_s = time(NULL);
	int found = cdb_find(cdb, key_version, sizeof key_version - 1);

	if (found <= 0 || parse_moment(s) != 1)
		return 0;
	while ((found = snapshot_next(s, &at)) > 0) {
		until_s = parse_moment(s);
		if (until_s > now_s && parse_network(cdb, &network))
			take(arg, &network, until_s);
	}
	return found == 0;
}

int
saved_read(const char *path, saved_take *take, void *arg, char why[REASON_MAX])
{
	struct snapshot s;
	int whole;

	if (!snapshot_open(&s, path)) {
		if (errno == ENOENT)
			return 1;
		return reason(why, errno == EPROTO ? "%s: not a complete cdb" : "%s: %m", path);
	}
	whole = read_all(&s, take, arg);
	snapshot_close(&s);
	return whole || reason(why, "%s: not a file of clients that passed, or not complete", path);
}

int64_t
saved_until(struct snapshot *s, const struct network *network)
{
	char text[NETWORK_SIZE];
	unsigned len = (unsigned)strlen(network_text(network, text));

	return cdb_find(&s->cdb, text, len) > 0 ? parse_moment(s) : 0;
}

/* Returns 1, or 0 with errno. */
static int
fill(const struct table *table, int fd)
{
	char key[NETWORK_SIZE], value[VALUE_MAX + 1];
	struct cdb_make cdb;
	int64_t now_s = time(NULL), now_ms = clock_ms();
	int ok = cdb_make_start(&cdb, fd) != -1 &&
	    cdb_make_add(&cdb, key_version, sizeof key_version - 1, version, sizeof version - 1) != -1;

	for (const struct entry *e = table->oldest; e != NULL && ok; e = e->newer) {
		const struct past *past = (const struct past *)e;
		int64_t left_ms = past->until_ms - now_ms;

		if (left_ms <= 0 || past->forgotten)
			continue;
		network_text(&e->network, key);
		ok = cdb_make_add(&cdb, key, (unsigned)strlen(key), value,
		    (unsigned)snprintf(value, sizeof value, "%lld", (long long)(now_s + (left_ms + 999) / 1000))) != -1;
	}
	ok = cdb_make_finish(&cdb) != -1 && ok;	/* after a failure too: it frees the memory */
	return ok && fsync(fd) != -1;
}

int
saved_write(const char *path, const struct table *table, char why[REASON_MAX])
{
	struct renewal r;
	struct stat written;

	if (!renewal_suits(path, why) || !renewal_begin(&r, path, why))
		return 0;
	return fill(table, r.fd) ? renewal_end(&r, &written, why) : renewal_fail(&r, why);
}
