/*
 * passed: the file of ETD_PASSED as the fuzzer writes it: as the server's own, and as that of another one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "passed.h"

static void
look_up(const char *paths, const char *network)
{
	static struct passed p;
	char why[REASON_MAX];
	struct network n;

	memset(&p, 0, sizeof p);
	if (!network_parse(&n, network))
		abort();
	if (passed_open(&p, paths, 3600, why)) {
		passed_has(&p, &n, 3600, 1000000);
		passed_add(&p, &n, 3600);
		if (!passed_has(&p, &n, 3600, 1000001))
			abort();
		passed_forget(&p, &n, 3600, 1000002);
		if (passed_has(&p, &n, 3600, 1000003))
			abort();
	}
	for (struct entry *e = p.table.oldest, *newer; e != NULL; e = newer) {
		newer = e->newer;
		free(e);
	}
	free(p.table.buckets);
	free(p.path);
	if (p.n > 0 && p.others[0].there)
		snapshot_close(&p.others[0].file);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char path[FILE_PATH], both[64];
	int fd = file_make(path, data, size);

	snprintf(both, sizeof both, "/nonexistent/passed %s", path);
	look_up(path, "192.0.2.1");
	look_up(both, "192.0.2.1");
	look_up(both, "2001:db8::/64");
	close(fd);
	return 0;
}
