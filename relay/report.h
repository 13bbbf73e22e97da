/*
 * report: a session's lines in the log; see etd-connect(8). The order of the fields is a promise,
 * since etd-report finds them by their place: new ones go last.
 */
#ifndef REPORT_H
#define REPORT_H

#include "session.h"

/* "failed": a backend that could not be had, with the step and the reason. */
void report_failed(const struct session *);

/* "none": the last one could not be had either. */
void report_none(const struct session *);

/* "early": the client talked out of turn. */
void report_early(const struct session *, int64_t now_ms);

/* "connected": the backend is the next program's. */
void report_connected(const struct session *);

/* "end": the session is over. */
void report_end(const struct session *, int64_t now_ms);

#endif
