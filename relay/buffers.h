/*
 * buffers: what has been read and not yet written lies in one of these. A direction of a session borrows
 * one while it holds something, so that idle sessions need none.
 */
#ifndef BUFFERS_H
#define BUFFERS_H

enum { BUFFER_SIZE = 65536 };

struct buffer {
	struct buffer *next;		/* while it is free; the bytes stay as they are until it is taken again */
	char bytes[BUFFER_SIZE];
};

struct buffers {			/* begins as { 0 } */
	struct buffer *free;		/* the one given back last comes first */
};

/* Adds a buffer, or gives one back. */
void buffers_give(struct buffers *, struct buffer *);

/* Returns a buffer, or NULL if all are in use. */
struct buffer *buffers_take(struct buffers *);

#endif
