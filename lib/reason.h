/*
 * reason: why something could not be done, in words. Below a main nothing exits and nothing
 * writes a fatal line: a function says why it failed, and main decides who is told.
 */
#ifndef REASON_H
#define REASON_H

enum { REASON_MAX = 1024 };	/* a message in the log holds no more */

/* Puts the words into why; %m is strerror(errno). Returns 0, so that a function which returns
   1 for success can end with it. */
int reason(char why[REASON_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
