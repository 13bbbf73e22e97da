/*
 * text: a file of text, read as a whole into memory. See text.h.
 */
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 * 1024 };

/* Reads to the end, or one byte more than there may be. Returns 1, or 0 with errno. */
static int
fill(struct text *t, int fd, size_t room)
{
	ssize_t n = 1;

	while (n != 0 && t->len <= TEXT_MAX) {
		if (t->bytes == NULL || t->len + 1 >= room) {
			char *more;

			room = t->bytes == NULL ? room : 2 * room;
			more = realloc(t->bytes, room);
			if (more == NULL)
				return 0;
			t->bytes = more;
		}
		n = read(fd, t->bytes + t->len, room - 1 - t->len);
		if (n == -1 && errno != EINTR)
			return 0;
		if (n > 0)
			t->len += (size_t)n;
	}
	t->bytes[t->len] = '\0';
	return 1;
}

/* Sets errno, which the reason would lose otherwise. */
static int
refuse(char why[REASON_MAX], const char *path, const char *what, int error)
{
	reason(why, "%s: %s", path, what);
	errno = error;
	return 0;
}

static int
unable(char why[REASON_MAX], const char *to, const char *path)
{
	int error = errno;

	reason(why, "unable to %s %s: %m", to, path);
	errno = error;
	return 0;
}

static int
is_as_before(int fd, const struct stat *before)
{
	struct stat now;

	return fstat(fd, &now) != -1 && now.st_size == before->st_size &&
	    now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

static int
read_from(struct text *t, int fd, const char *path, int may_wait, char why[REASON_MAX])
{
	size_t room = PIECE;
	struct stat st;
	int is_file;

	if (fstat(fd, &st) == -1)
		return unable(why, "read", path);
	is_file = S_ISREG(st.st_mode);
	if (!is_file && (!may_wait || fcntl(fd, F_SETFL, 0) == -1))
		return refuse(why, path, "not a regular file", EINVAL);
	if (is_file && st.st_size > 0 && st.st_size <= TEXT_MAX)
		room = (size_t)st.st_size + 2;	/* so that the end is seen without a larger one */
	if ((!is_file || st.st_size <= TEXT_MAX) && !fill(t, fd, room))
		return unable(why, "read", path);
	if (t->bytes == NULL || t->len > TEXT_MAX)
		return refuse(why, path, "more than 16 MiB", EFBIG);
	return !is_file || is_as_before(fd, &st) ||
	    refuse(why, path, "changed while it was read", EAGAIN);
}

int
text_read(struct text *t, const char *path, int may_wait, char why[REASON_MAX])
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), ok, error;

	*t = (struct text){ 0 };
	if (fd == -1)
		return unable(why, "open", path);
	ok = read_from(t, fd, path, may_wait, why);
	error = errno;
	close(fd);
	errno = error;
	return ok;
}

void
text_free(struct text *t)
{
	free(t->bytes);
	*t = (struct text){ 0 };
}
