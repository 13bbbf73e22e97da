/*
 * report: what the log says of a backend; see checkd(8).
 */
#ifndef REPORT_H
#define REPORT_H

#include "source.h"

/* "up" or "down" where the last probe has changed its state; "fail" for another failure. */
void report_result(struct backend *, enum probe_result, int changed);

/* "down", for a host that does not resolve. */
void report_unresolved(struct backend *);

#endif
