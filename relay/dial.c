/*
 * dial: a connection to a backend. See dial.h.
 */
#include "dial.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

/* Lets the socket have an address that is not this host's (ip(7): IP_TRANSPARENT). It
   needs CAP_NET_ADMIN or CAP_NET_RAW here, and no more at bind. */
static int
allow_any_address(int fd, int family)
{
	int yes = 1;

	return family == AF_INET ?
	    setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &yes, sizeof yes) :
	    setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &yes, sizeof yes);
}

/* The client's address with any port; errno says why it cannot be used. */
static int
client_source(struct address *source, const struct address *client, int family)
{
	char ip[ADDRESS_SIZE];

	errno = EADDRNOTAVAIL;	/* any address would be one of this host's */
	if (client->len == 0 || !address_parse_ip(source, address_ip(client, ip)) ||
	    strcmp(ip, "0.0.0.0") == 0 || strcmp(ip, "::") == 0)
		return 0;
	errno = EAFNOSUPPORT;
	return source->any.sa_family == family;
}

static int
give_up(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}

int
dial_socket(const struct record *r, const struct address *client)
{
	struct address source = r->route.source;
	int family = r->address.any.sa_family;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (r->route.from_client && (!client_source(&source, client, family) ||
	    allow_any_address(fd, family) == -1))
		return give_up(fd);
	if (source.len > 0 && address_bind(&source, fd) == -1)
		return give_up(fd);
	return fd;
}

/* SMTP is short lines back and forth: none should wait for an ACK. */
static enum dial
done(int fd)
{
	int yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	return DIAL_DONE;
}

enum dial
dial_start(int fd, const struct address *address)
{
	if (connect(fd, &address->any, address->len) != -1)
		return done(fd);
	return errno == EINPROGRESS ? DIAL_WAITS : DIAL_FAILED;
}

enum dial
dial_finish(int fd)
{
	int error;
	socklen_t len = sizeof error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return DIAL_FAILED;
	errno = error;
	return error == 0 ? done(fd) : DIAL_FAILED;
}
