/*
 * sigpipe: writing to a pipe whose reader may be gone.
 */
#ifndef SIGPIPE_H
#define SIGPIPE_H

#include <sys/types.h>

/* write(2), but a pipe that nobody reads any more causes EPIPE alone, and no signal. SIGPIPE's
   action is put back afterwards, so that the next program inherits it unchanged. */
ssize_t sigpipe_write(int fd, const void *bytes, size_t len);

#endif
