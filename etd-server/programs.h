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

struct program;

struct programs {
	char *const *argv;
	size_t limit, running;
	struct program *all, *free, **buckets;	/* limit of them; by process, those that run */
	sigset_t mask;		/* programs get these as they were before this process changed them */
	struct sigaction pipe;
	struct rlimit files;
	int null;		/* on 0 and 1 while none is started */
};

/* Remembers signals and limits as they are now, and takes descriptors 0 and 1. argv and limit must be
   set. Returns 1, or 0 with why. */
int programs_open(struct programs *, char why[REASON_MAX]);

/* Starts one with fd, a blocking socket, on descriptors 0 and 1, and nothing else open but 2. There
   must be fewer than limit. Returns its process, or -1 with errno. */
pid_t programs_start(struct programs *, int fd, char *const *env, void *whose);

/* A process has ended. Returns 1 and sets whose, or 0 for one that is no program. */
int programs_end(struct programs *, pid_t, void **whose);

#endif
