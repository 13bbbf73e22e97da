/*
 * ucspi: the variables that tell a program about its connection. See ucspi.h.
 */
#include "ucspi.h"

#include <stdio.h>

static void
set(struct chain *c, const char *proto, const char *name, const char *value)
{
	char variable[64];

	snprintf(variable, sizeof variable, "%s%s", proto, name);
	chain_set(c, variable, value);
}

static void
set_end(struct chain *c, const char *proto, const char *const names[3], const struct address *a,
    const char *host)
{
	char ip[ADDRESS_SIZE], port[8];

	if (a != NULL)
		snprintf(port, sizeof port, "%u", address_port(a));
	set(c, proto, names[0], a != NULL ? address_ip(a, ip) : NULL);
	set(c, proto, names[1], a != NULL ? port : NULL);
	set(c, proto, names[2], a != NULL ? host : NULL);
}

void
ucspi_set_as(struct chain *c, const char *proto, const struct ucspi *u)
{
	static const char *const remote[] = { "REMOTEIP", "REMOTEPORT", "REMOTEHOST" };
	static const char *const local[] = { "LOCALIP", "LOCALPORT", "LOCALHOST" };

	set_end(c, proto, remote, u->remote, u->remote_host);
	set_end(c, proto, local, u->local, u->local_host);
	set(c, proto, "REMOTEINFO", NULL);
}

void
ucspi_set(struct chain *c, const struct ucspi *u)
{
	static const struct ucspi none;
	int v6 = u->remote->any.sa_family == AF_INET6;

	chain_set(c, "PROTO", v6 ? "TCP6" : "TCP");
	ucspi_set_as(c, "TCP", u);
	ucspi_set_as(c, "TCP6", v6 ? u : &none);
	chain_set(c, "TCP6INTERFACE", NULL);
}
