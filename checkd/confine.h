/*
 * confine: what this process and its children give up for good, by Landlock, see landlock(7): they can
 * write, create, rename and remove files below one directory alone, and can execute none. Reading is
 * as before: a resolver may read anything, and load libraries. So are descriptors that are open
 * already, sockets, and the modes of files.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <sys/types.h>

struct confine {	/* all 0 at first */
	int done;	/* there is no more to do, though the kernel may have no Landlock */
	int on;
	dev_t dev;	/* the directory */
	ino_t ino;
};

/* To the directory of path. If that cannot be opened, as when it does not exist yet, nothing happens, and
   the next call tries again. On a kernel without Landlock nothing happens at all; if the kernel has it
   and refuses, there is a warning. The caller has set no_new_privs. */
void confine(struct confine *, const char *path);

/* Whether the directory of path is another one by now, in which nothing can be written. */
int confine_is_elsewhere(const struct confine *, const char *path);

#endif
