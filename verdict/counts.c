/*
 * counts: what has become of a server's clients, in numbers. See counts.h.
 */
#include "counts.h"

#include <cdb.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "renewal.h"
#include "snapshot.h"

static const char key_version[] = "server", version[] = "1";
enum { VALUE_MAX = 20 };

const char *const count_ends[COUNT_ENDS] = {
	"pass", "exempt", "known", "early", "listed", "hangup", "limit", "deny", "later"
};
const char *const count_classes[COUNT_CLASSES] = { "named", "dynamic", "nordns", "unknown" };
const char *const count_waits[COUNT_WAITS] = { "pass", "early" };
const int64_t count_bins_ms[COUNT_BINS] = {
	100, 250, 500, 1000, 2000, 3000, 4000, 5000, 6000, 8000, 10000, 20000, 30000, 60000
};

void
counts_early(struct counts *c, int class, const char *kind)
{
	for (int k = 0; k < TALK_KINDS; k++)
		if (strcmp(kind, talk_kinds[k]) == 0)
			c->early[class][k]++;
}

void
counts_wait(struct counts *c, enum count_wait which, int64_t waited_ms)
{
	for (int i = 0; i < COUNT_BINS; i++)
		c->wait[which].most[i] += waited_ms <= count_bins_ms[i];
	c->wait[which].count++;
	c->wait[which].sum_ms += waited_ms;
}

/* Calls visit with each number and its key, whether to write it or to read it. */
typedef void counts_visit(void *with, int64_t *n, const char *key);

static void
each_wait(struct counts *c, counts_visit *visit, void *with)
{
	char key[64];

	for (int w = 0; w < COUNT_WAITS; w++) {
		for (int i = 0; i < COUNT_BINS; i++) {
			snprintf(key, sizeof key, "wait.%s.%g", count_waits[w],
			    (double)count_bins_ms[i] / 1000);
			visit(with, &c->wait[w].most[i], key);
		}
		snprintf(key, sizeof key, "wait.%s.count", count_waits[w]);
		visit(with, &c->wait[w].count, key);
		snprintf(key, sizeof key, "wait.%s.sum_ms", count_waits[w]);
		visit(with, &c->wait[w].sum_ms, key);
	}
}

static void
each(struct counts *c, counts_visit *visit, void *with)
{
	char key[64];

	visit(with, &c->written, "written");
	visit(with, &c->started, "started");
	visit(with, &c->last_accept, "last_accept");
	visit(with, &c->held, "held");
	visit(with, &c->held_max, "held_max");
	visit(with, &c->waiting, "waiting");
	visit(with, &c->programs, "programs");
	visit(with, &c->programs_max, "programs_max");
	visit(with, &c->accepted, "accepted");
	for (int class = 0; class < COUNT_CLASSES; class++) {
		for (int end = 0; end < COUNT_ENDS; end++) {
			snprintf(key, sizeof key, "%s.%s", count_ends[end], count_classes[class]);
			visit(with, &c->ended[end][class], key);
		}
		for (int k = 0; k < TALK_KINDS; k++) {
			snprintf(key, sizeof key, "early.%s.%s", count_classes[class], talk_kinds[k]);
			visit(with, &c->early[class][k], key);
		}
	}
	each_wait(c, visit, with);
}

struct writing {
	struct cdb_make cdb;
	int ok;
};

static void
add(void *with, int64_t *n, const char *key)
{
	struct writing *w = with;
	char value[VALUE_MAX + 4];

	w->ok = w->ok && cdb_make_add(&w->cdb, key, (unsigned)strlen(key), value,
	    (unsigned)snprintf(value, sizeof value, "%lld", (long long)*n)) != -1;
}

int
counts_write(struct counts *c, const char *path, char why[REASON_MAX])
{
	struct renewal r;
	struct writing w;
	struct stat written;

	if (!renewal_suits(path, why) || !renewal_begin(&r, path, why))
		return 0;
	w.ok = cdb_make_start(&w.cdb, r.fd) != -1 &&
	    cdb_make_add(&w.cdb, key_version, sizeof key_version - 1, version, sizeof version - 1) != -1;
	each(c, add, &w);
	w.ok = cdb_make_finish(&w.cdb) != -1 && w.ok;	/* after a failure too: it frees the memory */
	return w.ok ? renewal_end(&r, &written, why) : renewal_fail(&r, why);
}

struct reading {
	struct snapshot *file;
	char missing[64];	/* the first key that is not there, or is no number */
};

static int
find_number(struct snapshot *s, const char *key, int64_t *n)
{
	return cdb_find(&s->cdb, key, (unsigned)strlen(key)) > 0 && snapshot_number(s, 0, INT64_MAX, n);
}

static void
find(void *with, int64_t *n, const char *key)
{
	struct reading *r = with;

	if (r->missing[0] == '\0' && !find_number(r->file, key, n))
		snprintf(r->missing, sizeof r->missing, "%s", key);
}

int
counts_read(struct counts *c, const char *path, char why[REASON_MAX])
{
	struct snapshot s;
	struct reading r = { .file = &s, .missing = "" };
	int64_t v = 0;

	if (!snapshot_open(&s, path))
		return reason(why, errno == EPROTO ? "%s: damaged: not a cdb" : "unable to open %s: %m",
		    path);
	if (!find_number(&s, key_version, &v))
		snprintf(r.missing, sizeof r.missing, "%s", key_version);
	else if (v == 1)
		each(c, find, &r);
	snapshot_close(&s);
	if (r.missing[0] != '\0')
		return reason(why, "%s: damaged: no good record %s", path, r.missing);
	return v == 1 || reason(why, "%s: version %lld, not 1", path, (long long)v);
}
