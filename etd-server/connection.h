/*
 * connection: what tcpserver and etd-delay would set and say of a client's connection.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <sys/types.h>

#include "chain.h"
#include "front.h"
#include "score.h"

/* Sets the program's variables: tcpserver's, the rule's, etd-delay's. local is NULL where it is not known.
   rblsmtpd is the value of RBLSMTPD; NULL leaves that as it was. Returns 1, or 0 for a rule of more
   variables than fit, with why: "sets more ...". */
int connection_set(struct chain *, const struct held *, const struct local *, const char *rblsmtpd,
    char why[REASON_MAX]);

/* The address at which it came in, with its name. Where -l gives the name, both are put into named.
   Returns NULL where it is not known. */
const struct local *connection_local(struct front *, const struct held *, struct local *named);

/* The verdict's line; words are an early talker's, or NULL. */
void connection_log_verdict(const struct held *, enum verdict, const struct words *);

/* The line for a client beyond a limit, with which one. */
void connection_log_limit(const struct held *, const char *reason);
/* The line of a client that is listed, with what is done about it. */
void connection_log_listed(const struct held *, const struct score *, enum action);

/* With -v: "ok 1234 mx.example:192.0.2.1:25 mail.example:198.51.100.7::4711", or "deny ...". */
void connection_log(const char *what, pid_t pid, const struct held *, const struct local *);

#endif
