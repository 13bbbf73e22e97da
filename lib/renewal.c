/*
 * renewal: how a file that others read is replaced. See renewal.h.
 */
#include "renewal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "beside.h"

int
renewal_suits(const char *path, char why[REASON_MAX])
{
	struct stat st;

	return lstat(path, &st) == -1 || !S_ISLNK(st.st_mode) ||
	    reason(why, "%s is a symbolic link: name the file itself", path);
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

/* While it is written it can be opened by this account alone: whoever can open a file can lock it,
   and so keep the old one in place. */
int
renewal_begin(struct renewal *r, const char *path, char why[REASON_MAX])
{
	r->path = path;
	if (!beside_name(r->tmp, path, BESIDE_TMP))
		return reason(why, "unable to create %s: %m", path);
	r->fd = beside_open(r->tmp, S_IFREG | 0600, why);
	if (r->fd == -1)
		return 0;
	if (is_mine(r->fd, r->tmp) && ftruncate(r->fd, 0) != -1 && fchmod(r->fd, 0600) != -1)
		return 1;
	reason(why, "unable to create %s: %m", r->tmp);
	close(r->fd);
	return 0;
}

int
renewal_end(struct renewal *r, struct stat *written, char why[REASON_MAX])
{
	if (fchmod(r->fd, 0644) == -1 || fstat(r->fd, written) == -1)
		return renewal_fail(r, why);
	if (rename(r->tmp, r->path) == -1) {
		reason(why, "unable to replace %s: %m", r->path);
		unlink(r->tmp);
		close(r->fd);
		return 0;
	}
	close(r->fd);
	return 1;
}

int
renewal_fail(struct renewal *r, char why[REASON_MAX])
{
	reason(why, "unable to write %s: %m", r->tmp);
	unlink(r->tmp);
	close(r->fd);
	return 0;
}
