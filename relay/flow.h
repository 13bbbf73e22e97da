/*
 * flow: one direction of a session: bytes from one descriptor to another, neither changed nor reordered.
 * It is read only while nothing waits to be written, so a slow side stops the other. Nothing here waits.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "buffers.h"

struct flow {
	int from, to;
	struct buffers *buffers;
	struct buffer *buffer;	/* borrowed while it holds something; NULL: none */
	size_t start, len;	/* what waits to be written: of the buffer, or len bytes in the pipe */
	int64_t bytes;		/* written */
	int pipe_tried;		/* a pipe was made, or could not be */
	int piped;		/* the bytes go through it */
	int pipe[2];
	int eof;		/* nothing more comes */
	int done;		/* and nothing more goes */
	int dropped;		/* nobody is left to take what still comes */
};

/* Begins. Descriptors may be in blocking mode; bulk takes sockets out of it. */
void flow_begin(struct flow *, int from, int to, struct buffers *);

enum flow_result {
	FLOW_WAITS,	/* nothing can be moved now */
	FLOW_MOVED,	/* bytes were, or the end was reached */
	FLOW_BROKEN	/* that descriptor has failed */
};

/* Reads what is there; nothing may be waiting to be written. What came is dropped if nobody takes it. */
enum flow_result flow_fill(struct flow *);

/* Writes what can be written of it, or of its first most bytes. *told is what that was, and *n how much;
   *told is NULL for bytes in a pipe, and valid until the next call. */
enum flow_result flow_empty(struct flow *, size_t most, const char **told, size_t *n);

/* Returns how much waits to be written up to the end of its first line, that included; all if no line ends. */
size_t flow_line(const struct flow *);

/* Whether all has been read and written, so that the end can be passed on. */
int flow_is_over(const struct flow *);

/* Passes the end on. */
void flow_close(struct flow *);

/* Nobody takes any more of it: what still comes is read and dropped. */
void flow_drop(struct flow *);

/* Nothing more is moved. Gives back the buffer and the pipe; may be called again. */
void flow_end(struct flow *);

/* Whether there is something to read it for, or to write. */
int flow_reads(const struct flow *);
int flow_writes(const struct flow *);

#endif
