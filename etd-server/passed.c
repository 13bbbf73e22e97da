/*
 * passed: the clients that have passed. See passed.h.
 */
#include "passed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "saved.h"

enum { LOOK_MS = 1000 };

static int
is_over(const struct past *past)
{
	return past->until_ms <= clock_ms();
}

static void
put(struct passed *p, const struct network *network, int64_t until_ms, int forgotten)
{
	struct past *past = (struct past *)table_find(&p->table, network);
	struct past *oldest = (struct past *)p->table.oldest;

	if (past != NULL) {
		table_touch(&p->table, &past->entry);
	} else if (oldest != NULL && (p->table.n >= PASSED_MAX || is_over(oldest))) {
		past = oldest;
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
	past->until_ms = until_ms;
	past->forgotten = forgotten;
}

/* More than is possible is cut off, and not ignored: if it is this host's clock that is wrong, all are
   beyond it. */
static void
take_saved(void *arg, const struct network *network, int64_t until_s)
{
	struct passed *p = arg;
	int64_t left_s = until_s - time(NULL);

	if (left_s > p->longest_s) {
		left_s = p->longest_s;
		p->changed = 1;
	}
	put(p, network, clock_ms() + left_s * 1000, 0);
}

int
passed_paths_good(const char *paths, char why[REASON_MAX])
{
	int n = 0;

	for (paths += strspn(paths, " "); *paths != '\0'; paths += strspn(paths, " ")) {
		n++;
		paths += strcspn(paths, " ");
	}
	if (n == 0)
		return reason(why, "ETD_PASSED: names no file");
	return n <= 1 + PASSED_OTHERS ||
	    reason(why, "ETD_PASSED: more than %d files of other servers", PASSED_OTHERS);
}

static void
take_paths(struct passed *p, char *paths)
{
	char *rest = NULL;

	p->path = strtok_r(paths, " ", &rest);
	for (char *path; p->n < PASSED_OTHERS && (path = strtok_r(NULL, " ", &rest)) != NULL;)
		p->others[p->n++].path = path;
}

int
passed_open(struct passed *p, const char *paths, int64_t seconds, char why[REASON_MAX])
{
	char *copy = strdup(paths);

	p->longest_s = seconds;
	if (copy == NULL || !table_open(&p->table, PASSED_MAX))
		return reason(why, "unable to remember clients: %m");
	take_paths(p, copy);
	return saved_read(p->path, take_saved, p, why);
}

int
passed_next_unread(const struct passed *p, int *at, char why[REASON_MAX])
{
	struct snapshot s;

	while (*at < p->n) {
		const char *path = p->others[(*at)++].path;

		if (!snapshot_open(&s, path)) {
			reason(why, errno == EPROTO ? "%s: not a complete cdb" : "%s: %m", path);
			return 1;
		}
		snapshot_close(&s);
	}
	return 0;
}

/* Takes a newer file of another server in place of the one that was read; treats a damaged file as
   missing. */
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

/* Whether one of them has it, for seconds from now at most: what is beyond that was written by a wrong
   clock, and would be beyond it tomorrow, too. */
static int
others_have(struct passed *p, const struct network *network, int64_t seconds, int64_t now_ms)
{
	int64_t now_s = time(NULL), until_s;
	int look = now_ms >= p->looked_ms + LOOK_MS;

	if (look)
		p->looked_ms = now_ms;
	for (int i = 0; i < p->n; i++) {
		struct passed_file *f = &p->others[i];

		if (look)
			look_again(f);
		until_s = f->there ? saved_until(&f->file, network) : 0;
		if (until_s > now_s && until_s - now_s <= seconds)
			return 1;
	}
	return 0;
}

int
passed_has(struct passed *p, const struct network *network, int64_t seconds, int64_t now_ms)
{
	const struct past *past = (const struct past *)table_find(&p->table, network);

	if (past != NULL && !is_over(past))
		return !past->forgotten;
	return p->n > 0 && others_have(p, network, seconds, now_ms);
}

void
passed_add(struct passed *p, const struct network *network, int64_t seconds)
{
	put(p, network, clock_ms() + seconds * 1000, 0);
	p->changed = 1;
}

/* It is simply not there, unless another file has to be contradicted: early talkers of whom nobody knows
   must not take the room of those that passed. */
void
passed_forget(struct passed *p, const struct network *network, int64_t seconds, int64_t now_ms)
{
	struct past *past = (struct past *)table_find(&p->table, network);

	p->changed |= past != NULL;
	/* Even what is not believed yet: the other server's clock may be a little ahead. */
	if (others_have(p, network, INT64_MAX, now_ms)) {
		put(p, network, clock_ms() + seconds * 1000, 1);	/* which is not written */
	} else if (past != NULL) {
		table_remove(&p->table, &past->entry);
		free(past);
	}
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
	written = saved_write(p->path, &p->table, why);
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
	return !p->changed || saved_write(p->path, &p->table, why);
}
