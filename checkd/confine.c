/*
 * confine: Landlock. See confine.h.
 */
#include "confine.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

/* The name of path's directory; buf must last as long as it. */
static const char *
directory(const char *path, char buf[PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s", path);	/* dirname(3) changes what it is given */
	return dirname(buf);
}

#ifdef SYS_landlock_create_ruleset

/* As in <linux/landlock.h>, which musl's compiler does not find, and which in Debian 12 is too old for
   TRUNCATE: the kernel has that since version 3 of Landlock, Linux 6.2. */
enum { ASK_VERSION = 1, PATH_BENEATH = 1 };

enum {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	REMOVE_DIR = 1 << 4,
	REMOVE_FILE = 1 << 5,
	MAKE_CHAR = 1 << 6,
	MAKE_DIR = 1 << 7,
	MAKE_REG = 1 << 8,
	MAKE_SOCK = 1 << 9,
	MAKE_FIFO = 1 << 10,
	MAKE_BLOCK = 1 << 11,
	MAKE_SYM = 1 << 12,
	TRUNCATE = 1 << 14
};

struct ruleset {
	uint64_t handled;	/* what is refused wherever no rule allows it */
};

struct rule {
	uint64_t allowed;
	int32_t dir;
} __attribute__((packed));

/* A rename from or to another directory is always refused. */
enum {
	ALLOWED_HERE = WRITE_FILE | TRUNCATE | REMOVE_FILE | MAKE_REG | MAKE_FIFO,
	ALLOWED_NOWHERE = EXECUTE | REMOVE_DIR | MAKE_DIR | MAKE_CHAR | MAKE_BLOCK | MAKE_SOCK | MAKE_SYM
};

/* Returns 1, or 0 with errno. */
static int
restrict_to(int dir, unsigned known)
{
	struct ruleset all = { .handled = (ALLOWED_HERE | ALLOWED_NOWHERE) & known };
	struct rule here = { .allowed = ALLOWED_HERE & known, .dir = dir };
	int ok, rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);

	if (rules == -1)
		return 0;
	ok = syscall(SYS_landlock_add_rule, rules, PATH_BENEATH, &here, 0) != -1 &&
	    syscall(SYS_landlock_restrict_self, rules, 0) != -1;
	close(rules);
	return ok;
}

void
confine(struct confine *c, const char *path)
{
	char buf[PATH_MAX];
	struct stat st;
	long version;
	int dir;

	if (c->done)
		return;
	version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	c->done = version < 1;
	if (c->done)
		return;
	dir = open(directory(path, buf), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return;
	c->done = 1;
	c->on = fstat(dir, &st) != -1 && restrict_to(dir, version < 3 ? ~(unsigned)TRUNCATE : ~0U);
	if (!c->on)
		log_warning("unable to use Landlock: %m");
	c->dev = st.st_dev;
	c->ino = st.st_ino;
	close(dir);
}

#else

void
confine(struct confine *c, const char *path)
{
	(void)path;
	c->done = 1;
}

#endif

int
confine_is_elsewhere(const struct confine *c, const char *path)
{
	char buf[PATH_MAX];
	struct stat st;

	return c->on && stat(directory(path, buf), &st) != -1 &&
	    (st.st_dev != c->dev || st.st_ino != c->ino);
}
