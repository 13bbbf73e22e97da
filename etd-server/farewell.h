/*
 * farewell: how a client ends that gets no program.
 */
#ifndef FAREWELL_H
#define FAREWELL_H

#include "front.h"

/* The client's last reply, whole lines. Then what it still sends is drained, so that the reply
   arrives, and it is closed. */
void farewell_reply(struct front *, struct held *, const char *reply);

/* The same with a 421, for what is not the client's fault; why goes to the log. */
void farewell_later(struct front *, struct held *, const char *why);

/* The same for a client that already has as many connections as it may. */
void farewell_too_many(struct front *, struct held *);

/* It has hung up: a line in the log, and it is closed. */
void farewell_hangup(struct front *, struct held *);

/* For one that was answered: there is an event of it, or it is time to see whether it has closed. */
void farewell_drain(struct front *, struct held *);

#endif
