/*
 * fifo: the FIFO on which etd-connect names a backend. See fifo.h.
 */
#include "fifo.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beside.h"
#include "log.h"
#include "reason.h"

static int
is_there(const struct fifo *f, const char *name)
{
	struct stat opened, named;

	return f->fd != -1 && fstat(f->fd, &opened) != -1 && stat(name, &named) != -1 &&
	    opened.st_ino == named.st_ino;
}

void
fifo_open(struct fifo *f, const char *path)
{
	char name[PATH_MAX], why[REASON_MAX];
	int made;

	if (!beside_name(name, path, BESIDE_NUDGE) || is_there(f, name))
		return;
	if (f->fd != -1)
		close(f->fd);
	f->len = 0;
	/* For the account's group too, as the counter; whatever the umask. */
	made = mkfifo(name, 0620) == 0;
	f->fd = beside_open(name, S_IFIFO, why);
	if (made && f->fd != -1)
		fchmod(f->fd, 0620);
	if (f->fd == -1 && !f->failed)
		log_warning("%s", why);
	f->failed = f->fd == -1;
}

void
fifo_read(struct fifo *f)
{
	ssize_t len;

	if (f->len == sizeof f->text)	/* no name is that long */
		f->len = 0;
	len = read(f->fd, f->text + f->len, sizeof f->text - f->len);
	if (len > 0)
		f->len += (size_t)len;
}

int
fifo_take(struct fifo *f, char name[RECORD_NAME_MAX + 1])
{
	for (;;) {
		const char *end = memchr(f->text, '\n', f->len);
		size_t len;

		if (end == NULL)
			return 0;
		len = (size_t)(end - f->text);
		name[0] = '\0';
		if (len <= RECORD_NAME_MAX) {
			memcpy(name, f->text, len);
			name[len] = '\0';
		}
		f->len -= len + 1;
		memmove(f->text, end + 1, f->len);
		if (name[0] != '\0')
			return 1;
	}
}
