/*
 * program: the next program, which talks to the backend itself, as a UCSPI client.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "session.h"

/*
 * Runs it with the backend's connection on descriptors 6 and 7, in blocking mode. PROTO,
 * TCPREMOTEIP, ... describe that; the client's own are ETD_CLIENTIP, ETD_CLIENTPORT and
 * ETD_CLIENTHOST. Returns only where it cannot be run, with why.
 */
void program_run(const struct session *, char *const *argv, char why[REASON_MAX]);

#endif
