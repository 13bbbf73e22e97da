/*
 * pick: backends.cdb as the fuzzer writes it. Whatever it holds, what comes out is good
 * records, or a reason why there is none.
 */
#include <stdlib.h>

#include "file.h"
#include "pick.h"

static void
pick_all(struct pick *p, const char *path, enum balance balance)
{
	static char why[REASON_MAX];
	char text[RECORD_MAX];
	struct record r;
	int n = 0;

	if (pick_open(p, path, balance, "192.0.2.1", why))
		while (pick_next(p, &r, why) == PICKED_ONE)
			if (n++ == PICK_TRIES_MAX || record_format(&r, text) >= RECORD_MAX)
				abort();
	list_close(&p->list);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct pick p;
	char path[FILE_PATH];
	int fd = file_make(path, data, size);

	pick_all(&p, path, PICK_FIRST);
	pick_all(&p, path, PICK_SOURCE);
	close(fd);
	return 0;
}
