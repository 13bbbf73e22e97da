/*
 * show: the ways in which etd-status prints a status on descriptor 1.
 */
#ifndef SHOW_H
#define SHOW_H

#include "front.h"
#include "status.h"

/* For people. */
void show_table(const struct status *, const char *path);

/* One JSON object (RFC 8259). */
void show_json(const struct status *);

/* Prometheus's text format. */
void show_metrics(const struct status *);

/* One line for Nagios and its kin, with performance data, as the Monitoring Plugins
   Development Guidelines have it. Returns the exit code: 0 OK, 1 WARNING, 2 CRITICAL.
   show_unknown is for what cannot be read, and returns 3. */
int show_plugin(const struct status *);
int show_unknown(const char *why);

/* The same of a front: looks at it first. name is what it is called in the line. */
int show_front(const struct front *, const char *name);

/* A string in double quotes, as JSON and Prometheus both have it: all of a status is printable
   ASCII, so that only the quote and the backslash need an escape. */
void show_string(const char *);

#endif
