/*
 * prober: the sockets of all probes. See prober.h.
 */
#include "prober.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "descriptors.h"

enum { RESERVE = 12 };	/* descriptors for all else than probes */

int
prober_open(struct prober *p, char why[REASON_MAX])
{
	size_t most = descriptors_raise();

	p->room = most > RESERVE ? most - RESERVE : 1;
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	return p->epoll != -1 || reason(why, "unable to poll: %m");
}

int
prober_socket(struct prober *p, int family, unsigned events, void *pointer)
{
	struct epoll_event event = { .events = events, .data.ptr = pointer };
	int fd, error;

	errno = EMFILE;
	if (p->sockets == p->room)
		return -1;
	fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &event) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	p->sockets++;
	return fd;
}

void
prober_close(struct prober *p, int fd)
{
	/* A child that resolves hosts may have the socket too, for a moment. As long as any process
	   has it, close alone does not take it out of the epoll. */
	epoll_ctl(p->epoll, EPOLL_CTL_DEL, fd, NULL);
	close(fd);
	p->sockets--;
}

void
prober_watch(struct prober *p, int fd, unsigned events, void *pointer)
{
	struct epoll_event event = { .events = events, .data.ptr = pointer };

	epoll_ctl(p->epoll, EPOLL_CTL_MOD, fd, &event);
}
