/*
 * connection: what tcpserver would set and say of a client's connection, and what etd-delay would set.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <sys/types.h>

#include "chain.h"
#include "clients.h"
#include "locals.h"

/* The program's variables: tcpserver's, the rule's, etd-delay's. local may be NULL: not known. rblsmtpd is
   the value of RBLSMTPD, or NULL: as it was. Returns 1, or 0 for a rule of more variables than fit. */
int connection_set(struct chain *, const struct held *, const struct local *, const char *rblsmtpd);

/* With -v: "ok 1234 mx.example:192.0.2.1:25 mail.example:198.51.100.7::4711", or "deny ...". */
void connection_log(const char *what, pid_t pid, const struct held *, const struct local *);

#endif
