/*
 * buffers: memory that sessions borrow. See buffers.h.
 */
#include "buffers.h"

#include <stddef.h>

void
buffers_give(struct buffers *b, struct buffer *buffer)
{
	buffer->next = b->free;
	b->free = buffer;
}

struct buffer *
buffers_take(struct buffers *b)
{
	struct buffer *buffer = b->free;

	if (buffer != NULL)
		b->free = buffer->next;
	return buffer;
}
