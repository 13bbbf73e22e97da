/*
 * event: what the log says of a backend; see checkd(8). The order of the fields is a promise, since
 * etd-report finds them by their place: new ones go last.
 */
#ifndef EVENT_H
#define EVENT_H

#include "backends.h"

/* "up" or "down" where the last probe has changed its state; "fail" for another failure. */
void event_result(const struct backend *, enum probe_result, int changed);

/* "down", for a host that does not resolve. */
void event_unresolved(const struct backend *);

/* A warning: the backend of that name offers PIPECONNECT to this host, or no longer does. */
void event_pipeconnect(const char *name, int is_offered);

/* "added", "removed", and "changed" for each option that was changed, then "reload", which counts
   the backends: the source was read again. */
void event_reload(const struct backends *now, const struct backends *was);

#endif
