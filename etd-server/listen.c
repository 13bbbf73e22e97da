/*
 * listen: the sockets on which clients come in. See listen.h.
 */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "number.h"

enum { LISTEN_FDS_START = 3 };	/* sd_listen_fds(3) */

/* Every address: IPv6, and IPv4 as mapped ones; or IPv4 alone, where this host has no other. */
static int
find_address(struct address *a, const char *host, const char *port, char why[REASON_MAX])
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	int any = strcmp(host, "") == 0 || strcmp(host, "0") == 0, error;

	error = getaddrinfo(any ? "::" : host, port, &hints, &found);
	/* Without the socket that systemd should have handed over, the program's arguments are taken for these. */
	if (error == EAI_SERVICE)
		return reason(why, "%s is not a port, and no socket was handed over: "
		    "under systemd, restart the socket unit", port);
	if (error != 0)
		return reason(why, "unable to find out the address of %s port %s: %s", host, port,
		    error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
	memset(a, 0, sizeof *a);
	a->len = found->ai_addrlen;
	memcpy(&a->any, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return 1;
}

static int
open_socket(const struct address *a, int backlog)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int yes = 1, no = 0, error;

	if (fd == -1)
		return -1;
	if (a->any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != -1 &&
	    bind(fd, &a->any, a->len) != -1 && listen(fd, backlog) != -1)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int
is_any(const struct address *a)
{
	return a->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr);
}

int
listen_open(struct listen *l, const char *host, const char *port, int backlog, char why[REASON_MAX])
{
	struct address a;

	if (!find_address(&a, host, port, why))
		return 0;
	l->fds[0] = open_socket(&a, backlog);
	if (l->fds[0] == -1 && is_any(&a) && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
		if (!find_address(&a, "0.0.0.0", port, why))
			return 0;
		l->fds[0] = open_socket(&a, backlog);
	}
	if (l->fds[0] == -1)
		return reason(why, "unable to listen on %s port %s: %m", host, port);
	l->n = 1;
	return 1;
}

/* A TCP socket that listens. */
static int
is_good(int fd)
{
	struct address a = { .len = sizeof a.v6 };
	int listens = 0;
	socklen_t len = sizeof listens;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != -1 && listens &&
	    getsockname(fd, &a.any, &a.len) != -1 &&
	    (a.any.sa_family == AF_INET || a.any.sa_family == AF_INET6);
}

int
listen_inherit(struct listen *l, const struct settings *s, char why[REASON_MAX])
{
	const char *pid = setting_get(s, "LISTEN_PID"), *fds = setting_get(s, "LISTEN_FDS");
	int64_t n;

	l->n = 0;
	if (pid == NULL || fds == NULL || !number_parse(pid, getpid(), getpid(), &n))
		return 1;
	if (!number_parse(fds, 1, LISTEN_MAX, &n))
		return reason(why, "LISTEN_FDS=%s: not a whole number from 1 to %d", fds, LISTEN_MAX);
	for (int fd = LISTEN_FDS_START; l->n < n; fd++) {
		if (!is_good(fd))
			return reason(why, "descriptor %d: not a listening TCP socket", fd);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		l->fds[l->n++] = fd;
	}
	l->inherited = 1;
	return 1;
}

void
listen_no_delay(const struct listen *l)
{
	int yes = 1;

	for (int i = 0; i < l->n; i++)
		setsockopt(l->fds[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

#ifdef SO_BUF_LOCK
/* To set SO_RCVBUF locks the buffer. Unlocked, it grows as it is read. */
static void
set_buffer(int fd, int bytes)
{
	int locks = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	setsockopt(fd, SOL_SOCKET, SO_BUF_LOCK, &locks, sizeof locks);
}

static int
has_own_buffers(int fd)
{
	int locks;
	socklen_t len = sizeof locks;

	return getsockopt(fd, SOL_SOCKET, SO_BUF_LOCK, &locks, &len) == -1 || locks != 0;
}

/* A new socket's. An inherited one may have been narrowed by a process before this one. */
static int
usual_buffer(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), bytes = 0;
	socklen_t len = sizeof bytes;

	if (fd == -1)
		return 0;
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len);
	close(fd);
	return bytes;
}

/* The window is offered with the SYN-ACK, and is never taken back: to narrow an accepted socket is too late,
   and TCP_WINDOW_CLAMP on the listening one would leave no scale for a larger window later. The kernel
   doubles what SO_RCVBUF sets. */
void
listen_narrow(struct listen *l)
{
	int usual = usual_buffer();

	for (int i = 0; i < l->n; i++)
		if (has_own_buffers(l->fds[i]))
			return;
	if (usual <= LISTEN_BUFFER)
		return;
	for (int i = 0; i < l->n; i++)
		set_buffer(l->fds[i], LISTEN_BUFFER / 2);
	l->receive_buffer = usual / 2;
}

void
listen_widen(const struct listen *l, int fd)
{
	if (l->receive_buffer > 0)
		set_buffer(fd, l->receive_buffer);
}
#else
void
listen_narrow(struct listen *l)
{
	(void)l;
}

void
listen_widen(const struct listen *l, int fd)
{
	(void)l;
	(void)fd;
}
#endif

unsigned
listen_port(const struct listen *l)
{
	struct address a = { .len = sizeof a.v6 };

	getsockname(l->fds[0], &a.any, &a.len);
	return address_port(&a);
}
