/*
 * log: messages and events on descriptor 2.
 *
 * An event is one line of logfmt, written by one write(2), so that many
 * processes can share one multilog; multilog adds the clock:
 *
 *	etd-delay: early ip=192.0.2.1 port=4711 text="EHLO a\r\n"
 *
 * A line that descriptor 2 has no room for is dropped: a stuck logger must not
 * stop mail. Values may come from the network: all but printable ASCII is
 * escaped (\r \n \t \" \\ \xHH), what is long is cut at 100 source bytes, and what
 * is not a plain word is quoted.
 */
#ifndef LOG_H
#define LOG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
	LOG_FATAL,	/* -q */
	LOG_PROBLEM,	/* -Q: refusals and problems too */
	LOG_ALL		/* -v: one line for every connection too */
};

struct log {
	size_t len;
	int wanted;
	char line[4096];	/* PIPE_BUF: written whole or not at all */
};

/* The program's name, which begins every line, and the level from -q, -Q, -v. */
extern const char *log_program;
extern enum log_level log_level;

/* Sets log_level for the option q, Q or v. Returns 0 for any other. */
int log_option(int option);

/* One event: begin, its fields in order, end. */
void log_begin(struct log *, enum log_level, const char *event);
void log_text(struct log *, const char *key, const char *value);
void log_bytes(struct log *, const char *key, const void *value, size_t len);
void log_number(struct log *, const char *key, int64_t value);
void log_seconds(struct log *, const char *key, int64_t ms);		/* 6.000; -1 as -1 */
void log_end(struct log *);

/*
 * Messages: "program: fatal: ..." (at every level) and "program: warning: ..."
 * (LOG_PROBLEM). %m is strerror(errno). log_fatal exits with code: 100 for bad
 * usage or configuration, 111 for what may be well later; log_error leaves that
 * to its caller, as log_usage does.
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

#endif
