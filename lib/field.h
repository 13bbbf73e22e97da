/*
 * field: one value of a line that log wrote, as a backend's state in backends.cdb is.
 */
#ifndef FIELD_H
#define FIELD_H

enum { FIELD_SIZE = 512 };	/* 100 source bytes, each of them escaped, and a host's name */

/* The key's value, without its quotes and with its escapes; "" where the line has no such
   key, or a value that is too long. Returns value. */
const char *field_get(const char *line, const char *key, char value[FIELD_SIZE]);

#endif
