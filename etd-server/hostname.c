/*
 * hostname: which names are names of hosts. See hostname.h.
 */
#include "hostname.h"

#include <stdlib.h>
#include <string.h>

static int
is_host_name(const char *name)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	const char *dot = strrchr(name, '.'), *last = dot != NULL ? dot + 1 : name;

	return name[strspn(name, chars)] == '\0' && *name != '.' && strstr(name, "..") == NULL &&
	    last[strspn(last, "0123456789")] != '\0';
}

char *
hostname_copy(const char *name)
{
	size_t len = strlen(name);
	char *host;

	if (len > 0 && name[len - 1] == '.')
		len--;
	host = len <= HOSTNAME_MAX ? strndup(name, len) : NULL;
	if (host == NULL)
		return NULL;
	for (char *c = host; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	if (is_host_name(host))
		return host;
	free(host);
	return NULL;
}
