/*
 * file: the fuzzer's input as a file.
 */
#ifndef FILE_H
#define FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILE_PATH = 32 };

/* Makes one in memory. Returns its descriptor, which the caller closes. */
static inline int
file_make(char path[FILE_PATH], const unsigned char *data, size_t size)
{
	int fd = memfd_create("input", 0);

	if (write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, FILE_PATH, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
