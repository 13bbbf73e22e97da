/*
 * accepting: how clients come in, as long as there is room for them. Otherwise the kernel keeps them.
 */
#ifndef ACCEPTING_H
#define ACCEPTING_H

#include "front.h"

/* The listening sockets are watched, and are not any more. Returns 1, or 0 with errno. */
int accepting_start(struct front *);
void accepting_stop(struct front *);

/* Starts again, if there is room now. */
void accepting_resume(struct front *);

/* Takes those who wait on a listening socket. */
void accepting_take(struct front *, int fd);

/* This process ends: tells those who wait in the kernel's backlog to come again later, and closes the
   listening sockets. Where there is no room for all, this is to be called again after clients have left. */
void accepting_finish(struct front *);

#endif
