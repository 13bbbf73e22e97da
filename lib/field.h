/*
 * field: reads one value of a logfmt line, such as a backend's state in backends.cdb.
 */
#ifndef FIELD_H
#define FIELD_H

enum { FIELD_SIZE = 512 };	/* enough for 100 source bytes that are all escaped, and for
				   a host's name */

/* The key's value, without its quotes and with its escapes; "" where the line has no such
   key, or a value that is too long. Returns value. */
const char *field_get(const char *line, const char *key, char value[FIELD_SIZE]);

#endif
