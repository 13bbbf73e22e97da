/*
 * sigpipe: writing to a pipe whose reader may be gone. See sigpipe.h.
 */
#include "sigpipe.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

ssize_t
sigpipe_write(int fd, const void *bytes, size_t len)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	ssize_t n = write(fd, bytes, len);
	int error = errno;

	signal(SIGPIPE, old);
	errno = error;
	return n;
}
