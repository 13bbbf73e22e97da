/*
 * dial: a connection to a backend. See dial.h.
 */
#include "dial.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
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

/* The client's address with any port; errno says why it is of no use. */
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

/* Waits for the outcome of a connect under way, which is left in errno. */
static enum dial
outcome(int fd, struct wait *w, int64_t deadline_ms)
{
	int error;
	socklen_t len = sizeof error;

	for (;;) {
		switch (wait_backend(w, fd, POLLOUT, deadline_ms)) {
		case WAIT_FAILED:
			return DIAL_FAILED;
		case WAIT_GONE:
			return DIAL_GONE;
		case WAIT_TALKS:
			if (w->talk == WAIT_REFUSE)
				return DIAL_TALK;
			continue;
		case WAIT_READY:
			if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
				return DIAL_FAILED;
			errno = error;
			return error == 0 ? DIAL_DONE : DIAL_FAILED;
		}
	}
}

enum dial
dial(int fd, const struct address *address, struct wait *w, int64_t deadline_ms)
{
	enum dial result = DIAL_DONE;
	int yes = 1;

	if (connect(fd, &address->any, address->len) == -1)
		result = errno == EINPROGRESS ? outcome(fd, w, deadline_ms) : DIAL_FAILED;
	/* SMTP is short lines back and forth: none should wait for an ACK. */
	if (result == DIAL_DONE)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	return result;
}
