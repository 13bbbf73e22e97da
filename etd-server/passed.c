/*
 * passed: the clients that have passed. See passed.h.
 */
#include "passed.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "number.h"
#include "renewal.h"

enum { LOOK_MS = 1000, VALUE_MAX = 20 };
static const char key_version[] = "version", version[] = "1";

struct past {
	struct entry entry;
	int64_t until_s;	/* on the wall clock; 0: forgotten, whatever other files say */
};

/* The moment that a record gives; 0 for what is none. */
static int64_t
parse_moment(const struct cdb *cdb)
{
	char text[VALUE_MAX + 1] = "";
	const char *data = cdb_getdata(cdb);
	int64_t until_s;

	if (data == NULL || cdb_datalen(cdb) > VALUE_MAX)
		return 0;
	memcpy(text, data, cdb_datalen(cdb));
	return number_parse(text, 1, INT64_MAX, &until_s) ? until_s : 0;
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

static void
put(struct passed *p, const struct network *network, int64_t until_s)
{
	struct past *past = (struct past *)table_find(&p->table, network);

	if (past != NULL) {
		table_touch(&p->table, &past->entry);
	} else if (p->table.n >= PASSED_MAX) {
		past = (struct past *)p->table.oldest;
		table_remove(&p->table, &past->entry);
		past->entry.network = *network;
		table_add(&p->table, &past->entry);
	} else {
		past = malloc(sizeof *past);
		if (past == NULL)
			return;		/* it will be held again */
		past->entry.network = *network;
		table_add(&p->table, &past->entry);
	}
	past->until_s = until_s;
}

/* Returns 1, or 0 for a file that is not whole, or of another version. */
static int
read_all(struct passed *p, struct snapshot *s)
{
	struct cdb *cdb = &s->cdb;
	struct network network;
	unsigned at = 0;
	int64_t until_s, now_s = time(NULL);
	int found = cdb_find(cdb, key_version, sizeof key_version - 1);

	if (found <= 0 || parse_moment(cdb) != 1)
		return 0;
	while ((found = snapshot_next(s, &at)) > 0) {
		until_s = parse_moment(cdb);
		if (until_s > now_s && parse_network(cdb, &network))
			put(p, &network, until_s);
	}
	return found == 0;
}

static int
read_own(struct passed *p, char why[REASON_MAX])
{
	struct snapshot s;
	int whole;

	if (!snapshot_open(&s, p->path)) {
		if (errno == ENOENT)
			return 1;
		return reason(why, errno == EPROTO ? "%s: not a complete cdb" : "%s: %m", p->path);
	}
	whole = read_all(p, &s);
	snapshot_close(&s);
	return whole || reason(why, "%s: not a file of clients that passed, or not complete", p->path);
}

static int
take_paths(struct passed *p, char *paths, char why[REASON_MAX])
{
	char *rest = NULL;

	p->path = strtok_r(paths, " ", &rest);
	if (p->path == NULL)
		return reason(why, "ETD_PASSED: names no file");
	for (char *path; (path = strtok_r(NULL, " ", &rest)) != NULL;) {
		if (p->n == PASSED_OTHERS)
			return reason(why, "ETD_PASSED: more than %d files of other servers", PASSED_OTHERS);
		p->others[p->n++].path = path;
	}
	return 1;
}

int
passed_open(struct passed *p, const char *paths, char why[REASON_MAX])
{
	char *copy = strdup(paths);

	if (copy == NULL || !table_open(&p->table, PASSED_MAX))
		return reason(why, "unable to remember clients: %m");
	return take_paths(p, copy, why) && read_own(p, why);
}

/* A newer file of another server takes the place of the one that was read; one that is damaged is as
   none. */
static void
look_again(struct passed_file *f)
{
	struct stat file;
	int there = stat(f->path, &file) != -1;

	if (f->there && there && snapshot_is(&f->file, &file))
		return;
	if (f->there)
		snapshot_close(&f->file);
	f->there = there && snapshot_open(&f->file, f->path);
}

static int
others_have(struct passed *p, const struct network *network, int64_t now_ms)
{
	char text[NETWORK_SIZE];
	unsigned len = (unsigned)strlen(network_text(network, text));
	int look = now_ms >= p->looked_ms + LOOK_MS;

	if (look)
		p->looked_ms = now_ms;
	for (int i = 0; i < p->n; i++) {
		struct passed_file *f = &p->others[i];

		if (look)
			look_again(f);
		if (f->there && cdb_find(&f->file.cdb, text, len) > 0 &&
		    parse_moment(&f->file.cdb) > time(NULL))
			return 1;
	}
	return 0;
}

int
passed_has(struct passed *p, const struct network *network, int64_t now_ms)
{
	const struct past *past = (const struct past *)table_find(&p->table, network);

	if (past != NULL && (past->until_s == 0 || past->until_s > time(NULL)))
		return past->until_s != 0;
	return p->n > 0 && others_have(p, network, now_ms);
}

void
passed_add(struct passed *p, const struct network *network, int64_t seconds)
{
	put(p, network, time(NULL) + seconds);
	p->changed = 1;
}

/* It is simply not there, unless another file has to be contradicted: early talkers of whom nobody knows
   must not take the room of those that passed. */
void
passed_forget(struct passed *p, const struct network *network, int64_t now_ms)
{
	struct past *past = (struct past *)table_find(&p->table, network);

	p->changed |= past != NULL;
	if (others_have(p, network, now_ms)) {
		put(p, network, 0);	/* which is not written */
	} else if (past != NULL) {
		table_remove(&p->table, &past->entry);
		free(past);
	}
}

/* Returns 1, or 0 with errno. */
static int
fill(const struct passed *p, int fd)
{
	char key[NETWORK_SIZE], value[VALUE_MAX + 1];
	struct cdb_make cdb;
	int64_t now_s = time(NULL);
	int ok = cdb_make_start(&cdb, fd) != -1 &&
	    cdb_make_add(&cdb, key_version, sizeof key_version - 1, version, sizeof version - 1) != -1;

	for (const struct entry *e = p->table.oldest; e != NULL && ok; e = e->newer) {
		int64_t until_s = ((const struct past *)e)->until_s;

		if (until_s <= now_s)
			continue;
		network_text(&e->network, key);
		ok = cdb_make_add(&cdb, key, (unsigned)strlen(key), value,
		    (unsigned)snprintf(value, sizeof value, "%lld", (long long)until_s)) != -1;
	}
	ok = cdb_make_finish(&cdb) != -1 && ok;	/* after a failure too: it frees the memory */
	return ok && fsync(fd) != -1;
}

static int
write_file(const struct passed *p, char why[REASON_MAX])
{
	struct renewal r;
	struct stat written;

	if (!renewal_begin(&r, p->path, why))
		return 0;
	return fill(p, r.fd) ? renewal_end(&r, &written, why) : renewal_fail(&r, why);
}

/* In the child. It must not have the clients' sockets: they would stay open when this process closes
   them. */
static _Noreturn void
write_apart(const struct passed *p, int words)
{
	char why[REASON_MAX];
	int written;

	dup2(words, 3);
	close_range(4, ~0U, 0);
	written = write_file(p, why);
	if (!written)
		(void)!write(3, why, strlen(why));
	_exit(written ? 0 : 111);
}

int
passed_write(struct passed *p, char why[REASON_MAX])
{
	int ends[2];

	if (p->path == NULL || !p->changed || p->writer != 0)
		return 1;
	if (pipe2(ends, O_CLOEXEC) == -1)
		return reason(why, "unable to write %s: %m", p->path);
	p->writer = fork();
	if (p->writer == 0)
		write_apart(p, ends[1]);
	close(ends[1]);
	p->words = ends[0];
	if (p->writer != -1) {
		p->changed = 0;
		return 1;
	}
	p->writer = 0;
	close(p->words);
	return reason(why, "unable to write %s: %m", p->path);
}

int
passed_written(struct passed *p, int status, char why[REASON_MAX])
{
	ssize_t n = read(p->words, why, REASON_MAX - 1);

	p->writer = 0;
	close(p->words);
	if (status == 0)
		return 1;
	p->changed = 1;
	if (n <= 0)
		return reason(why, "unable to write %s: the process that writes it was killed", p->path);
	why[n] = '\0';
	return 0;
}

int
passed_end(struct passed *p, char why[REASON_MAX])
{
	if (p->path == NULL)
		return 1;
	if (p->writer != 0 && waitpid(p->writer, NULL, 0) != -1)
		p->changed = 1;
	return !p->changed || write_file(p, why);
}
