/*
 * nudge: tells checkd of a backend that has refused a client. See nudge.h.
 */
#include "nudge.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beside.h"
#include "record.h"
#include "sigpipe.h"

void
nudge(const char *path, const char *name)
{
	char fifo[PATH_MAX], line[RECORD_NAME_MAX + 2];
	struct stat st;
	int fd, len;

	if (!beside_name(fifo, path, BESIDE_NUDGE))
		return;
	fd = open(fifo, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return;
	len = snprintf(line, sizeof line, "%s\n", name);
	if (fstat(fd, &st) != -1 && S_ISFIFO(st.st_mode))
		(void)!sigpipe_write(fd, line, (size_t)len);	/* checkd may end just now */
	close(fd);
}
