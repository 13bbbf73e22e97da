/*
 * fifo: the FIFO on which etd-connect names a backend that has just refused a client,
 * one name a line.
 */
#ifndef FIFO_H
#define FIFO_H

#include <stddef.h>

#include "record.h"

struct fifo {
	int fd;			/* to poll; -1: not there */
	int failed;		/* why is in the log already */
	size_t len;
	char text[4096];	/* read, and not taken yet */
};

/* Creates path.nudge and opens it, unless it is open already and still there. Why it cannot is
   logged once. */
void fifo_open(struct fifo *, const char *path);

/* Reads what there is, once. */
void fifo_read(struct fifo *);

/* One name of what was read, as a string. Returns 1, or 0 when there is none. */
int fifo_take(struct fifo *, char name[RECORD_NAME_MAX + 1]);

#endif
