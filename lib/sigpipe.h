/*
 * sigpipe: writing to a pipe whose reader may be gone.
 */
#ifndef SIGPIPE_H
#define SIGPIPE_H

#include <sys/types.h>

/* write(2), but a pipe that nobody reads any more is only EPIPE. SIGPIPE is afterwards as it
   was: the next program shall find it as it came. */
ssize_t sigpipe_write(int fd, const void *bytes, size_t len);

#endif
