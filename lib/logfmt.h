/*
 * logfmt: one line of key=value pairs, for the log and for a backend's state:
 *
 *	ip=192.0.2.1 port=4711 text="EHLO a\r\n"
 *
 * Values may come from the network. All but printable ASCII is escaped (\r \n \t \" \\
 * \xHH), a value is cut at 100 source bytes, and one that is not a plain word is quoted.
 * The order in which a caller adds its fields is a promise: etd-report and fail2ban's filter
 * find some fields by their place. New fields go last.
 */
#ifndef LOGFMT_H
#define LOGFMT_H

#include <stddef.h>
#include <stdint.h>

enum { LOGFMT_MAX = 4096 };	/* PIPE_BUF: one write of it is never split up */

struct logfmt {
	size_t len;
	char line[LOGFMT_MAX];	/* no NUL at its end; what does not fit is left out */
};

/* Begins a line with this text, as it is. */
void logfmt_begin(struct logfmt *, const char *text);

/* Adds text as it is, or escaped. */
void logfmt_add(struct logfmt *, const char *text);
void logfmt_escape(struct logfmt *, const void *bytes, size_t len);

/* Adds one field. */
void logfmt_text(struct logfmt *, const char *key, const char *value);
void logfmt_bytes(struct logfmt *, const char *key, const void *value, size_t len);
void logfmt_number(struct logfmt *, const char *key, int64_t value);
void logfmt_seconds(struct logfmt *, const char *key, int64_t ms);	/* 6.000; -1 as -1 */

#endif
