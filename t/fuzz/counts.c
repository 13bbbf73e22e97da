/*
 * counts: the file of ETD_COUNTS as the fuzzer writes it. What is read from it is written, read again, and
 * must be the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "counts.h"

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static char again_path[] = "/tmp/etd-fuzz.XXXXXX";
	static struct counts c, again;
	char path[32], why[REASON_MAX];
	int fd = memfd_create("counts.cdb", 0);

	if (again_path[sizeof again_path - 2] == 'X')
		close(mkstemp(again_path));
	if (write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	memset(&c, 0, sizeof c);
	memset(&again, 0, sizeof again);
	if (counts_read(&c, path, why) &&
	    (!counts_write(&c, again_path, why) || !counts_read(&again, again_path, why) ||
	    memcmp(&c, &again, sizeof c) != 0))
		abort();
	close(fd);
	return 0;
}
