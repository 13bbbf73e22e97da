/*
 * chain: the next program and what it finds in its environment. See chain.h.
 */
#include "chain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
chain_set(struct chain *c, const char *name, const char *value)
{
	char *set = c->space + c->used;
	size_t left = sizeof c->space - c->used;
	int len = value == NULL ? snprintf(set, left, "%s", name) :
	    snprintf(set, left, "%s=%s", name, value);

	if (c->n == CHAIN_SETS)
		return;
	if (len < 0 || (size_t)len >= left) {
		if (value != NULL)
			chain_set(c, name, NULL);	/* better none than another's */
		return;
	}
	c->set[c->n++] = set;
	c->used += (size_t)len + 1;
}

static int
is_set(const struct chain *c, const char *variable)
{
	for (int i = 0; i < c->n; i++) {
		size_t name = strcspn(c->set[i], "=");

		if (strncmp(variable, c->set[i], name) == 0 && variable[name] == '=')
			return 1;
	}
	return 0;
}

void
chain_exec(const struct chain *c, char *const *argv)
{
	char *env[CHAIN_INHERITED + CHAIN_SETS + 1];
	int n = 0;

	for (char **e = environ; *e != NULL; e++) {
		if (is_set(c, *e))
			continue;
		if (n == CHAIN_INHERITED) {
			errno = E2BIG;
			return;
		}
		env[n++] = *e;
	}
	for (int i = 0; i < c->n; i++)
		if (strchr(c->set[i], '=') != NULL)
			env[n++] = c->set[i];
	env[n] = NULL;
	execvpe(argv[0], argv, env);
}
