/*
 * client: whoever is at the other end of descriptors 0 and 1. See client.h.
 */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "reply.h"

/* $PROTO's variable: TCPREMOTEIP, SSLREMOTEIP, ... */
static const char *
ucspi(const char *name)
{
	const char *proto = getenv("PROTO");
	char variable[64];

	if (proto == NULL)
		proto = "TCP";
	if (strlen(proto) + strlen(name) >= sizeof variable)
		return NULL;
	strcpy(variable, proto);
	strcat(variable, name);
	return getenv(variable);
}

/* From the socket itself. Leaves what it cannot find. */
static void
find_peer(struct client *c)
{
	struct address peer = { .len = sizeof peer.v6 };

	if (getpeername(0, &peer.any, &peer.len) == -1 ||
	    (peer.any.sa_family != AF_INET && peer.any.sa_family != AF_INET6))
		return;
	c->ip = address_ip(&peer, c->ip_space);
	snprintf(c->port_space, sizeof c->port_space, "%u", address_port(&peer));
	c->port = c->port_space;
}

void
client_find(struct client *c)
{
	c->ip = ucspi("REMOTEIP");
	c->port = ucspi("REMOTEPORT");
	c->host = ucspi("REMOTEHOST");
	if (c->ip == NULL) {
		c->ip = getenv("REMOTE_ADDR");
		c->port = getenv("REMOTE_PORT");
	}
	if (c->ip == NULL)
		find_peer(c);
	if (c->ip == NULL)
		c->ip = "unknown";
	if (c->port == NULL)
		c->port = "";
	if (c->host == NULL)
		c->host = "";
	if (strncmp(c->ip, "::ffff:", 7) == 0 && strchr(c->ip, '.') != NULL)
		c->ip += 7;
}

static void
parse(struct address *a, const char *ip, const char *port)
{
	a->len = 0;
	if (ip != NULL && (port == NULL || !address_parse(a, ip, port)))
		address_parse_ip(a, ip);
}

void
client_ends(const struct client *c, struct address *from, struct address *to)
{
	parse(from, c->ip, c->port);
	parse(to, ucspi("LOCALIP"), ucspi("LOCALPORT"));
	if (to->len > 0)
		return;
	to->len = sizeof to->v6;
	if (getsockname(0, &to->any, &to->len) == -1 ||
	    (to->any.sa_family != AF_INET && to->any.sa_family != AF_INET6))
		address_parse_ip(to, from->any.sa_family == AF_INET6 ? "::" : "0.0.0.0");
}

int
client_is_gone(void)
{
	char c;
	ssize_t n = recv(0, &c, 1, MSG_PEEK | MSG_DONTWAIT);
	int bytes;

	if (n == -1 && errno == ENOTSOCK)	/* a pipe */
		return ioctl(0, FIONREAD, &bytes) == -1 || bytes == 0;
	return n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK);
}

void
client_log(struct logfmt *l, const struct client *c)
{
	logfmt_text(l, "ip", c->ip);
	logfmt_text(l, "port", c->port);
}

static const char later[] = "421 4.3.0 Service not available, try again later\r\n";

void
client_leave(int code, const char *reply)
{
	if (!isatty(1)) {
		reply_send(reply, strlen(reply));
		reply_close();
	}
	_exit(code);
}

void
client_giveup(int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_verror(format, ap);
	va_end(ap);
	client_leave(code, later);
}

void
client_usage(const char *synopsis)
{
	log_usage(synopsis);
	client_leave(100, later);
}

int
client_options(int argc, char **argv, const char *synopsis)
{
	int option;

	opterr = 0;
	while ((option = getopt(argc, argv, "+qQv")) != -1)	/* +: the rest is another's */
		if (!log_option(option))
			client_usage(synopsis);
	return optind;
}
