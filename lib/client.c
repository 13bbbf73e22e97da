/*
 * client: who is at the other end of a connection. See client.h.
 */
#include "client.h"

#include <stdio.h>
#include <string.h>

/* $PROTO's variable: TCPREMOTEIP, SSLREMOTEIP, ... */
static const char *
ucspi(const struct settings *s, const char *name)
{
	const char *proto = setting_get(s, "PROTO");
	char variable[64];

	if (proto == NULL)
		proto = "TCP";
	if (strlen(proto) + strlen(name) >= sizeof variable)
		return NULL;
	strcpy(variable, proto);
	strcat(variable, name);
	return setting_get(s, variable);
}

void
client_at(struct client *c, const struct address *a)
{
	address_ip(a, c->ip);
	snprintf(c->port, sizeof c->port, "%u", address_port(a));
}

/* From the socket itself. Leaves what it cannot find. */
static void
find_peer(struct client *c, int fd)
{
	struct address peer = { .len = sizeof peer.v6 };

	if (getpeername(fd, &peer.any, &peer.len) != -1 &&
	    (peer.any.sa_family == AF_INET || peer.any.sa_family == AF_INET6))
		client_at(c, &peer);
}

/* Cut where it is too long to be one. */
static void
copy(char *to, size_t size, const char *from)
{
	if (from != NULL)
		snprintf(to, size, "%s", from);
}

void
client_find(struct client *c, int fd, const struct settings *s)
{
	const char *ip = ucspi(s, "REMOTEIP"), *port = ucspi(s, "REMOTEPORT");

	c->host = ucspi(s, "REMOTEHOST");
	if (c->host == NULL)
		c->host = "";
	if (ip == NULL) {
		ip = setting_get(s, "REMOTE_ADDR");
		port = setting_get(s, "REMOTE_PORT");
	}
	strcpy(c->ip, "unknown");
	c->port[0] = '\0';
	if (ip == NULL)
		find_peer(c, fd);
	else if (strncmp(ip, "::ffff:", 7) == 0 && strchr(ip, '.') != NULL)
		ip += 7;
	copy(c->ip, sizeof c->ip, ip);
	copy(c->port, sizeof c->port, port);
}

static void
parse(struct address *a, const char *text, const char *port)
{
	char ip[ADDRESS_SIZE] = "";

	copy(ip, sizeof ip, text);
	ip[strcspn(ip, "%")] = '\0';
	if ((port == NULL || !address_parse(a, ip, port)) && !address_parse_ip(a, ip))
		a->len = 0;
}

void
client_ends(const struct client *c, int fd, const struct settings *s, struct address *from,
    struct address *to)
{
	parse(from, c->ip, c->port);
	parse(to, ucspi(s, "LOCALIP"), ucspi(s, "LOCALPORT"));
	if (to->len > 0)
		return;
	to->len = sizeof to->v6;
	if (getsockname(fd, &to->any, &to->len) == -1 ||
	    (to->any.sa_family != AF_INET && to->any.sa_family != AF_INET6))
		address_parse_ip(to, from->any.sa_family == AF_INET6 ? "::" : "0.0.0.0");
}

void
client_log(struct logfmt *l, const struct client *c)
{
	logfmt_text(l, "ip", c->ip);
	logfmt_text(l, "port", c->port);
}
