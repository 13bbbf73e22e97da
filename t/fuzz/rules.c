/*
 * rules: tcprules's file as the fuzzer writes it. Whatever it holds, a lookup finds a rule, all of which
 * can be read, or none, or says that the file is damaged.
 */
#include <stdlib.h>

#include "file.h"
#include "rules.h"

static void
find(struct rules *r, const char *ip, const char *host)
{
	struct rule rule;
	unsigned variables = 0;

	if (!rules_find(r, ip, host, &rule))
		return;
	for (const char *v = NULL; (v = rule_variable(&rule, v)) != NULL;)
		variables++;
	if (rule_denies(&rule) + 2 * variables > rule.len)
		abort();
	rule_end(&rule);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static char why[REASON_MAX];
	struct rules *r = NULL;
	char path[FILE_PATH];
	int fd = file_make(path, data, size);

	if (rules_open(&r, path, 0, why)) {
		find(r, "192.0.2.1", "");
		find(r, "192.0.2.1", "mail.example.org");
		find(r, "2001:db8:0:1:2:3:4:5", "a.b.example");
		find(r, "127.0.0.1", "localhost");
	}
	rules_close(&r);
	close(fd);
	return 0;
}
