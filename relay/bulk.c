/*
 * bulk: bytes from one socket to another through a pipe. See bulk.h.
 */
#include "bulk.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

void
bulk_end(int pipe[2])
{
	close(pipe[0]);
	close(pipe[1]);
}

/* A socket in blocking mode would block splice(2), whatever its flags; one with O_APPEND
   would be refused. */
static int
unblock(int fd)
{
	int type, flags = fcntl(fd, F_GETFL);
	socklen_t len = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != -1 && flags != -1 &&
	    fcntl(fd, F_SETFL, (flags | O_NONBLOCK) & ~O_APPEND) != -1;
}

int
bulk_begin(int pipe[2], int from, int to)
{
	if (!unblock(from) || !unblock(to) || pipe2(pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return 0;
	/* A pipe as small as the kernel makes them then is worse than none. */
	if (fcntl(pipe[1], F_SETPIPE_SZ, BULK_PIPE) == -1) {
		bulk_end(pipe);
		return 0;
	}
	return 1;
}

ssize_t
bulk_fill(int pipe[2], int from)
{
	return splice(from, NULL, pipe[1], NULL, BULK_PIPE, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
}

ssize_t
bulk_empty(int pipe[2], int to, size_t len)
{
	return splice(pipe[0], NULL, to, NULL, len, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
}
