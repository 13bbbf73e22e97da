/*
 * record: a backend as backends.cdb lists it. See record.h.
 */
#include "record.h"

#include <stdio.h>
#include <string.h>

int
record_name_is_good(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

	return len > 0 && len <= RECORD_NAME_MAX && name[len] == '\0';
}

static const char *const proxy[] = { "", " send-proxy", " send-proxy-v2" };

int
route_source(struct route *route, const char *text)
{
	route->source.len = 0;
	route->from_client = strcmp(text, "client") == 0;
	return route->from_client || address_parse_ip(&route->source, text);
}

size_t
record_format(const struct record *r, char text[RECORD_MAX])
{
	char ip[ADDRESS_SIZE], source[ADDRESS_SIZE] = "";

	if (r->route.from_client)
		strcpy(source, "client");
	else if (r->route.source.len > 0)
		address_ip(&r->route.source, source);
	return (size_t)snprintf(text, RECORD_MAX, "%s %s %u%s%s%s", r->name,
	    address_ip(&r->address, ip), address_port(&r->address), proxy[r->route.proxy],
	    source[0] != '\0' ? " source=" : "", source);
}

static int
parse_word(struct route *route, const char *word)
{
	if (strncmp(word, "source=", 7) == 0)
		return route_source(route, word + 7);
	for (route->proxy = 2; route->proxy > 0; route->proxy--)
		if (strcmp(word, proxy[route->proxy] + 1) == 0)
			return 1;
	return 0;
}

int
record_parse(struct record *r, const char *text, size_t len)
{
	char copy[RECORD_MAX];
	char *rest = copy, *name, *ip, *port, *word;

	if (len >= sizeof copy || memchr(text, '\0', len) != NULL)
		return 0;
	memcpy(copy, text, len);
	copy[len] = '\0';
	memset(r, 0, sizeof *r);
	name = strsep(&rest, " ");
	ip = strsep(&rest, " ");
	port = strsep(&rest, " ");
	if (port == NULL || !record_name_is_good(name) || !address_parse(&r->address, ip, port))
		return 0;
	while ((word = strsep(&rest, " ")) != NULL)
		if (!parse_word(&r->route, word))
			return 0;
	strcpy(r->name, name);
	return 1;
}
