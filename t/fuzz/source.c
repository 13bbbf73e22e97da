/*
 * source: the backends file as the fuzzer writes it. What is taken must come out of
 * backends.cdb's records as it went in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source.h"

static void
say(const char *format, ...)
{
	(void)format;
}

static void
check(const struct record *r)
{
	char text[RECORD_MAX], again[RECORD_MAX];
	struct record back;
	size_t len = record_format(r, text);

	if (len >= RECORD_MAX || !record_parse(&back, text, len) ||
	    record_format(&back, again) != len || memcmp(text, again, len) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct source source;
	char path[32];
	int fd = memfd_create("backends", 0);

	if (write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (source_read(&source, path, 0, say))
		for (size_t i = 0; i < source.n; i++)
			if (source.entries[i].host[0] == '\0')
				check(&source.entries[i].record);
	source_free(&source);
	close(fd);
	return 0;
}
