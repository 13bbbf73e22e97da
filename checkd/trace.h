/*
 * trace: the lines of a dialogue with a backend, for checkd -o -v.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>

/* Logs the event, "said" or "heard", for each line. */
void trace(const char *backend, const char *event, const char *text, size_t len);

#endif
