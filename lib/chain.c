/*
 * chain: the next program and what it finds in its environment. See chain.h.
 */
#include "chain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The place of what is set by the name of that variable, or n. */
static int
find(const struct chain *c, const char *variable)
{
	size_t name = strcspn(variable, "=");
	int i = 0;

	while (i < c->n && (strncmp(variable, c->set[i], name) != 0 ||
	    (c->set[i][name] != '=' && c->set[i][name] != '\0')))
		i++;
	return i;
}

int
chain_put(struct chain *c, const char *variable)
{
	int i = find(c, variable);

	if (i == CHAIN_SETS)
		return 0;
	c->set[i] = variable;
	if (i == c->n)
		c->n++;
	return 1;
}

void
chain_set(struct chain *c, const char *name, const char *value)
{
	char *set = c->space + c->used;
	size_t left = sizeof c->space - c->used;
	int len = value == NULL ? snprintf(set, left, "%s", name) :
	    snprintf(set, left, "%s=%s", name, value);

	if (len < 0 || (size_t)len >= left) {
		if (value != NULL)
			chain_set(c, name, NULL);	/* better none than another's */
		return;
	}
	if (chain_put(c, set))
		c->used += (size_t)len + 1;
}

int
chain_environment(const struct chain *c, char *env[CHAIN_ALL])
{
	int n = 0;

	for (char **e = environ; *e != NULL; e++) {
		if (find(c, *e) < c->n)
			continue;
		if (n == CHAIN_INHERITED) {
			errno = E2BIG;
			return 0;
		}
		env[n++] = *e;
	}
	for (int i = 0; i < c->n; i++)
		if (strchr(c->set[i], '=') != NULL)
			env[n++] = (char *)c->set[i];
	env[n] = NULL;
	return 1;
}

void
chain_exec(const struct chain *c, char *const *argv)
{
	char *env[CHAIN_ALL];

	if (chain_environment(c, env))
		execvpe(argv[0], argv, env);
}
