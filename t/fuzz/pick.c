/*
 * pick: backends.cdb as the fuzzer writes it. Whatever it holds, what comes out is good
 * records, or the client is given up.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client.h"
#include "pick.h"

static jmp_buf given_up;

void
client_giveup(int code, const char *format, ...)
{
	(void)format;
	if (code != 111)
		abort();
	longjmp(given_up, 1);
}

static void
pick_all(struct pick *p, const char *path, enum balance balance)
{
	char text[RECORD_MAX];
	struct record r;
	int n = 0;

	p->fd = -1;
	if (setjmp(given_up) == 0) {
		pick_open(p, path, balance, "192.0.2.1");
		while (pick_next(p, &r))
			if (n++ == PICK_TRIES_MAX || record_format(&r, text) >= RECORD_MAX)
				abort();
	}
	if (p->fd != -1)
		close(p->fd);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct pick p;
	char path[32];
	int fd = memfd_create("backends.cdb", 0);

	if (write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	pick_all(&p, path, PICK_FIRST);
	pick_all(&p, path, PICK_SOURCE);
	close(fd);
	return 0;
}
