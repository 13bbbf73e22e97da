/*
 * beside: the files beside backends.cdb. See beside.h.
 */
#include "beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
beside_name(char name[PATH_MAX], const char *path, enum beside which)
{
	static const char *const suffixes[] = { ".tmp", ".turn", ".nudge" };

	errno = ENAMETOOLONG;
	return snprintf(name, PATH_MAX, "%s%s", path, suffixes[which]) < PATH_MAX;
}

/* Returns NULL where the file may be changed; otherwise what is wrong with it, in words. */
static const char *
wrong(int fd, mode_t type)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if ((st.st_mode & S_IFMT) != type)
		return type == S_IFREG ? "it is not a regular file" : "it is not a FIFO";
	if (st.st_uid != geteuid())
		return "it belongs to another account";
	return st.st_nlink > 1 ? "it has a second name" : NULL;
}

/* A FIFO is opened to write too: so it has no end when the last writer is gone, and one can be
   opened that nobody writes to. POSIX leaves open what that does; Linux allows it, see fifo(7). */
int
beside_open(const char *name, mode_t mode, char why[REASON_MAX])
{
	int make = S_ISREG(mode) ? O_CREAT : 0;
	int fd = open(name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | make, mode & ~S_IFMT);
	const char *what = fd == -1 ? strerror(errno) : wrong(fd, mode & S_IFMT);

	if (what == NULL)
		return fd;
	reason(why, "unable to %s %s: %s", make ? "create" : "open", name, what);
	if (fd != -1)
		close(fd);
	return -1;
}
