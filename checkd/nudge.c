/*
 * nudge: the FIFO on which etd-connect names a backend. See nudge.h.
 */
#include "nudge.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beside.h"
#include "log.h"
#include "reason.h"

/* Opened to write too: so it has no end when the last writer is gone, and one can be opened that
   nobody writes to. POSIX leaves open what that does; Linux allows it, see fifo(7). Returns -1
   with why. */
static int
open_fifo(const char *name, char why[REASON_MAX])
{
	int fd = open(name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const char *wrong;

	if (fd == -1) {
		reason(why, "unable to open %s: %m", name);
		return -1;
	}
	wrong = beside_wrong(fd, S_IFIFO);
	if (wrong == NULL)
		return fd;
	reason(why, "unable to open %s: %s", name, wrong);
	close(fd);
	return -1;
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
	char name[PATH_MAX], why[REASON_MAX];
	int made;

	if (!beside_name(name, path, BESIDE_NUDGE) || is_there(n, name))
		return;
	if (n->fd != -1)
		close(n->fd);
	n->len = 0;
	made = mkfifo(name, 0620) == 0;
	n->fd = open_fifo(name, why);
	/* For the account's group too, as the counter; whatever the umask. */
	if (made && n->fd != -1)
		fchmod(n->fd, 0620);
	if (n->fd == -1 && !n->failed)
		log_warning("%s", why);
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
