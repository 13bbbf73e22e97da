/*
 * chain: the next program and what it finds in its environment. See chain.h.
 */
#include "chain.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SETS = 16 };

static char sets[SETS][288];
static int nsets;

void
chain_set(const char *name, const char *value)
{
	if (nsets < SETS)
		snprintf(sets[nsets++], sizeof sets[0], "%s=%.255s", name, value);
}

static int
is_set(const char *variable)
{
	for (int i = 0; i < nsets; i++) {
		size_t name = strcspn(sets[i], "=") + 1;

		if (strncmp(variable, sets[i], name) == 0)
			return 1;
	}
	return 0;
}

void
chain_exec(char *const *argv)
{
	int inherited = 0, n = 0;

	while (environ[inherited] != NULL)
		inherited++;

	/* execve(2) allows pointers and strings a quarter of the stack: this fits. */
	char *env[inherited + nsets + 1];

	for (int i = 0; i < inherited; i++)
		if (!is_set(environ[i]))
			env[n++] = environ[i];
	for (int i = 0; i < nsets; i++)
		env[n++] = sets[i];
	env[n] = NULL;
	execvpe(argv[0], argv, env);
}
