/*
 * log: events and messages on descriptor 2.
 *
 * An event is one line of logfmt, written by one write(2), so that many processes can
 * share one multilog, which adds the clock:
 *
 *	etd-delay: early ip=192.0.2.1 port=4711 text="EHLO a\r\n"
 *
 * A line that descriptor 2 has no room for is dropped: a stuck logger must not stop mail. Once
 * there is room again, a process that still runs says how many were lost.
 */
#ifndef LOG_H
#define LOG_H

#include <stdarg.h>

#include "logfmt.h"

enum log_level {
	LOG_FATAL,	/* -q */
	LOG_PROBLEM,	/* -Q: refusals and problems too */
	LOG_ALL		/* -v: one line for every connection too */
};

/* For a process with many clients: from here on a write to descriptor 2, if that is a pipe, does not
   first look for room, and never waits for it. Other processes that share the pipe are not affected. */
void log_never_wait(void);

/* The program's name, which begins every line, and the level from -q, -Q, -v. */
extern const char *log_program;
extern enum log_level log_level;

/* Sets log_level for the option q, Q or v. Returns 0 for any other. */
int log_option(int option);

/* Whether lines of this level are written; if not, there is no need to make one. */
int log_wants(enum log_level);

/* One event: begin, its fields in order, end, which writes it if it is wanted. */
void log_begin(struct logfmt *, const char *event);
void log_end(struct logfmt *, enum log_level);

/*
 * Messages: "program: fatal: ..." (at every level) and "program: warning: ..."
 * (LOG_PROBLEM). %m is strerror(errno). log_fatal, which is for mains alone, exits with
 * code: 100 for bad usage or configuration, 111 for a temporary failure; log_error and
 * log_usage leave that to their caller.
 */
_Noreturn void log_fatal(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void log_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void log_verror(const char *format, va_list)
	__attribute__((format(printf, 1, 0)));
void log_warning(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void log_usage(const char *synopsis);

/* How a check of settings ends: "program: good" (LOG_PROBLEM) if none was bad. Returns the exit
   code, 0 or 100. */
int log_checked(int bad);

#endif
