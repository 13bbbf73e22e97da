/*
 * bulk: bytes from one socket to another through a pipe, by splice(2), so that they are
 * never copied to this process.
 */
#ifndef BULK_H
#define BULK_H

#include <stddef.h>
#include <sys/types.h>

enum { BULK_PIPE = 1 << 18 };

/* Makes the pipe. From here on both descriptors are in non-blocking mode. Returns 1, or 0 if
   that cannot be done: one is not a socket, no descriptors are left, or the account has used up
   its allowance of pipes (pipe(7)). */
int bulk_begin(int pipe[2], int from, int to);

/* bulk_fill moves what the socket from holds into the empty pipe, and bulk_empty the len bytes in
   the pipe to the socket to. They return what read and write would. bulk_fill cannot get past an
   urgent byte: it then fails with EAGAIN, though there is more to read. */
ssize_t bulk_fill(int pipe[2], int from);
ssize_t bulk_empty(int pipe[2], int to, size_t len);

/* Gives the pipe back. */
void bulk_end(int pipe[2]);

#endif
