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

void
nudge_open(struct nudge *n, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof name, "%s.nudge", path);
	n->len = 0;
	/* For the account's group too, as the counter; whatever the umask. */
	if (mkfifo(name, 0620) == 0)
		chmod(name, 0620);
	n->fd = open_fifo(name);
	if (n->fd == -1 && !n->failed)
		log_warning("unable to open %s: %m", name);
	n->failed = n->fd == -1;
}

int
nudge_take(struct nudge *n, char name[RECORD_NAME_MAX + 1])
{
	char c;

	while (n->fd != -1 && read(n->fd, &c, 1) == 1) {
		if (c != '\n') {
			if (n->len < sizeof n->line)	/* longer is no name */
				n->line[n->len++] = c;
			continue;
		}
		if (n->len <= RECORD_NAME_MAX) {
			memcpy(name, n->line, n->len);
			name[n->len] = '\0';
			n->len = 0;
			return 1;
		}
		n->len = 0;
	}
	return 0;
}
