/*
 * nudge: the FIFO on which etd-connect names a backend that has just refused a client,
 * one name a line.
 */
#ifndef NUDGE_H
#define NUDGE_H

#include <limits.h>
#include <stddef.h>

#include "record.h"

struct nudge {
	int fd;			/* to poll; -1: not there */
	int failed;		/* said already */
	size_t len;
	char text[4096];	/* read, and not taken yet */
};

/* Makes path.nudge and opens it, unless that is done and it is still there. Says once why
   it cannot. */
void nudge_open(struct nudge *, const char *path);

/* Reads what there is, once. */
void nudge_read(struct nudge *);

/* One name of what was read, as a string. Returns 1, or 0 when there is none. */
int nudge_take(struct nudge *, char name[RECORD_NAME_MAX + 1]);

#endif
