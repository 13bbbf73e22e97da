/*
 * line: the end of a line of which the client has been sent only the beginning.
 */
#ifndef LINE_H
#define LINE_H

#include "relay.h"

enum { LINE_WAIT_MS = 2000 };

/* Sends the client the rest of that line, if there is one, so that a reply of ours does not begin in the
   middle of it: the backend's own words, for which it waits up to LINE_WAIT_MS, or else CRLF. Nothing
   behind the line is sent. */
void line_finish(struct relay *);

#endif
