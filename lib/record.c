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

size_t
record_format(const struct record *r, char text[RECORD_MAX])
{
	char ip[ADDRESS_SIZE];

	return (size_t)snprintf(text, RECORD_MAX, "%s %s %u", r->name,
	    address_ip(&r->address, ip), address_port(&r->address));
}

int
record_parse(struct record *r, const char *text, size_t len)
{
	char copy[RECORD_MAX];
	char *ip, *port;

	if (len >= sizeof copy || memchr(text, '\0', len) != NULL)
		return 0;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if ((ip = strchr(copy, ' ')) == NULL || (port = strchr(ip + 1, ' ')) == NULL)
		return 0;
	*ip++ = '\0';
	*port++ = '\0';
	if (!record_name_is_good(copy) || !address_parse(&r->address, ip, port))
		return 0;
	strcpy(r->name, copy);
	return 1;
}
