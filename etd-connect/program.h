/*
 * program: the next program, which talks to the backend itself, as a UCSPI client.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "session.h"

/*
 * Runs it with the backend's connection on descriptors 6 and 7, in blocking mode. PROTO,
 * TCPREMOTEIP, ... describe that; the client's own are ETD_CLIENTIP, ETD_CLIENTPORT and
 * ETD_CLIENTHOST. Where it cannot be run, the client is given up: client_giveup(111).
 */
_Noreturn void program_run(const struct session *, char *const *argv);

#endif
