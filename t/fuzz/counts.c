/*
 * counts: the file of ETD_COUNTS as the fuzzer writes it. What is read from it is written, read again, and
 * must be the same.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counts.h"
#include "file.h"

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static char again_path[] = "/tmp/etd-fuzz.XXXXXX";
	static struct counts c, again;
	char path[FILE_PATH], why[REASON_MAX];
	int fd = file_make(path, data, size);

	if (again_path[sizeof again_path - 2] == 'X')
		close(mkstemp(again_path));	/* only its name is wanted */
	memset(&c, 0, sizeof c);
	memset(&again, 0, sizeof again);
	if (counts_read(&c, path, why) &&
	    (!counts_write(&c, again_path, why) || !counts_read(&again, again_path, why) ||
	    memcmp(&c, &again, sizeof c) != 0))
		abort();
	unlink(again_path);
	close(fd);
	return 0;
}
