/*
 * nudge: the FIFO on which etd-connect names a backend. See nudge.h.
 */
#include "nudge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

/* Opened to write too: it then has no end when the last writer is gone. */
static int
open_fifo(const char *name)
{
	struct stat st;
	int fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode))) {
		close(fd);
		fd = -1;
		errno = EEXIST;
	}
	return fd;
}

static int
is_there(const struct nudge *n, const char *name)
{
	struct stat opened, named;

	return n->fd != -1 && fstat(n->fd, &opened) != -1 && stat(name, &named) != -1 &&
	    opened.st_ino == named.st_ino;
}

void
nudge_open(struct nudge *n, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof name, "%s.nudge", path);
	if (is_there(n, name))
		return;
	if (n->fd != -1)
		close(n->fd);
	n->len = 0;
	/* For the account's group too, as the counter; whatever the umask. */
	if (mkfifo(name, 0620) == 0)
		chmod(name, 0620);
	n->fd = open_fifo(name);
	if (n->fd == -1 && !n->failed)
		log_warning("unable to open %s: %m", name);
	n->failed = n->fd == -1;
}

void
nudge_read(struct nudge *n)
{
	ssize_t len;

	if (n->len == sizeof n->text)	/* no name is that long */
		n->len = 0;
	len = read(n->fd, n->text + n->len, sizeof n->text - n->len);
	if (len > 0)
		n->len += (size_t)len;
}

int
nudge_take(struct nudge *n, char name[RECORD_NAME_MAX + 1])
{
	for (;;) {
		const char *end = memchr(n->text, '\n', n->len);
		size_t len;

		if (end == NULL)
			return 0;
		len = (size_t)(end - n->text);
		name[0] = '\0';
		if (len <= RECORD_NAME_MAX) {
			memcpy(name, n->text, len);
			name[len] = '\0';
		}
		n->len -= len + 1;
		memmove(n->text, end + 1, n->len);
		if (name[0] != '\0')
			return 1;
	}
}
