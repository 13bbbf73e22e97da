/*
 * rule: a rule's value as the fuzzer writes it. Whether it denies, and its variables, must be what
 * tcpserver makes of it, and reading them as settings does no harm.
 */
#include <stdlib.h>
#include <string.h>

#include "rules.h"
#include "verdict.h"

/* ucspi-tcp 0.88's found(): to the last NUL, "D" denies, "+NAME=VALUE" sets. */
static void
compare(const struct rule *rule)
{
	const char *data = rule->data, *end = data + rule->len, *nul, *v = NULL;
	int denies = 0;

	for (; (nul = memchr(data, '\0', (size_t)(end - data))) != NULL; data = nul + 1) {
		if (*data == 'D')
			denies = 1;
		if (*data != '+' || strchr(data + 1, '=') == NULL)
			continue;
		v = rule_variable(rule, v);
		if (v == NULL || strcmp(v, data + 1) != 0)
			abort();
	}
	if (rule_variable(rule, v) != NULL || rule_denies(rule) != denies)
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static char why[REASON_MAX];
	struct verdict_settings v;
	struct class_pattern dynamic;
	struct settings s;
	enum class class;
	char *copy = malloc(size + 1);	/* its end is where the sanitizer looks */
	struct rule rule = { .data = copy + 1, .len = (unsigned)size };

	memcpy(copy + 1, data, size);
	compare(&rule);
	rule_settings(&s, &rule, why);
	verdict_read(&v, &s);
	if (s.bad == 0) {
		class_pattern(&dynamic, v.dynamic);
		class_of(&dynamic, "mail.example.org", &class, why);
		class_free(&dynamic);
	}
	free(copy);
	return 0;
}
