/*
 * programs: starts the next program for a client, as tcpserver would, from a process that holds
 * thousands of descriptors.
 */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "reason.h"

struct programs {
	char *const *argv;
	size_t limit, running;
	sigset_t mask;		/* what they get back of what this process has changed: */
	struct sigaction pipe;
	struct rlimit files;
	int null;		/* on 0 and 1 while none is started */
};

/* Remembers signals and limits as they are now, and takes descriptors 0 and 1. argv and limit are
   set. Returns 1, or 0 with why. */
int programs_open(struct programs *, char why[REASON_MAX]);

/* Starts one with fd, a blocking socket, on descriptors 0 and 1, and nothing else open but 2.
   Returns its process, or -1 with errno. */
pid_t programs_start(struct programs *, int fd, char *const *env);

/* One that has ended: its process and status, as waitpid(2) has them. Returns 0 where there is none. */
pid_t programs_reap(struct programs *, int *status);

#endif
