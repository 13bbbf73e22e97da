/*
 * record: a backend as backends.cdb lists it. See record.h.
 */
#include "record.h"

#include <stdio.h>
#include <string.h>

#include "number.h"

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
	char ip[ADDRESS_SIZE], source[ADDRESS_SIZE] = "", weight[16] = "";

	if (r->route.from_client)
		strcpy(source, "client");
	else if (r->route.source.len > 0)
		address_ip(&r->route.source, source);
	if (r->weight > 1)
		snprintf(weight, sizeof weight, " weight=%d", (int)r->weight);
	return (size_t)snprintf(text, RECORD_MAX, "%s %s %u%s%s%s%s", r->name,
	    address_ip(&r->address, ip), address_port(&r->address), weight,
	    proxy[r->route.proxy], source[0] != '\0' ? " source=" : "", source);
}

static int
parse_word(struct record *r, const char *word)
{
	if (strncmp(word, "weight=", 7) == 0)
		return number_parse(word + 7, 1, 256, &r->weight);
	if (strncmp(word, "source=", 7) == 0)
		return route_source(&r->route, word + 7);
	for (int version = 1; version <= 2; version++)
		if (strcmp(word, proxy[version] + 1) == 0) {
			r->route.proxy = version;
			return 1;
		}
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
	r->weight = 1;
	name = strsep(&rest, " ");
	ip = strsep(&rest, " ");
	port = strsep(&rest, " ");
	if (port == NULL || !record_name_is_good(name) || !address_parse(&r->address, ip, port))
		return 0;
	while ((word = strsep(&rest, " ")) != NULL)
		if (!parse_word(r, word))
			return 0;
	strcpy(r->name, name);
	return 1;
}
