/*
 * show: the ways in which etd-status prints a status on descriptor 1.
 */
#ifndef SHOW_H
#define SHOW_H

#include "front.h"
#include "server.h"
#include "status.h"

/* For people. show_age is "12 s", "5 min", "3 h 20 min" or "9 d 4 h", and returns text. */
void show_table(const struct status *, const char *path);
enum { SHOW_AGE_SIZE = 32 };
const char *show_age(char text[SHOW_AGE_SIZE], int64_t s);

/* One JSON object (RFC 8259) of both, or of the one that is not NULL. */
void show_json(const struct status *, const struct server *);

/* Prometheus's text format. show_metric begins a metric of that type. */
void show_metrics(const struct status *);
void show_metric(const char *name, const char *type, const char *help);

/* One line of both, or of the one that is not NULL, for Nagios and its kin, with performance data,
   as the Monitoring Plugins Development Guidelines have it. Returns the exit code: 0 OK, 1 WARNING, 2 CRITICAL.
   show_unknown is for what cannot be read, and returns SHOW_UNKNOWN. show_stale adds that a file is too old, or from
   the future. */
enum { SHOW_UNKNOWN = 3 };
int show_plugin(const struct status *, const struct server *);
int show_unknown(const char *why);
void show_stale(int64_t age_s, const char *program);

/* The same of a front: looks at it first. name is what it is called in the line. */
int show_front(const struct front *, const char *name);

/* A string in double quotes, as JSON and Prometheus both have it: all of a status is printable
   ASCII, so that only the quote and the backslash need an escape. */
void show_string(const char *);

#endif
