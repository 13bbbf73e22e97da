/*
 * prober: the sockets of all probes, how many there may be, and the epoll that watches them.
 */
#ifndef PROBER_H
#define PROBER_H

#include <stddef.h>

#include "reason.h"

struct prober {
	int epoll;		/* its events carry the pointers below */
	size_t room, sockets;	/* how many there may be; how many there are */
	int traces;		/* each line of a dialogue is logged, at -v */
};

/* Raises this process's limit of descriptors as far as it may. Returns 1, or 0 with why. */
int prober_open(struct prober *, char why[REASON_MAX]);

/* A non-blocking socket, which is watched for EPOLLIN or EPOLLOUT until prober_close. Returns -1
   with errno where there is none: EMFILE if there is room for no more. */
int prober_socket(struct prober *, int family, unsigned events, void *pointer);
void prober_close(struct prober *, int fd);

/* Changes what it is watched for, and its pointer. */
void prober_watch(struct prober *, int fd, unsigned events, void *pointer);

#endif
