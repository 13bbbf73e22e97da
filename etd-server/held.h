/*
 * held: one client's way from accept to the program's start. An event, an answer or a moment that
 * has come goes in, and the client then waits for the next one. Nothing here waits.
 *
 *	HELD_PROXY -> HELD_NAME -> HELD_HOLD -> HELD_TURN -> a program
 *	      |           |            |            |
 *	      +-----------+------------+------------+-> HELD_DRAIN, or gone
 *
 * Only who comes through a load balancer begins with HELD_PROXY. A client that was known goes back from
 * HELD_TURN to HELD_HOLD if it talks and is let in: the lists have not been asked about it.
 *
 * Nothing is judged before the name is there, or known not to come: rules may be by name, and the
 * name's class says how long the hold is.
 */
#ifndef HELD_H
#define HELD_H

#include "front.h"

/* It has just come in; while this process ends, it is told so. */
void held_begin(struct front *, struct held *);

/* Its name, which becomes the client's own; NULL: it has none. */
void held_named(struct front *, struct held *, char *host);

/* Whether it may not talk yet, up to HELD_TURN. */
int held_must_be_silent(const struct held *);

/* There is an event on its descriptor, as epoll has it; the moment has come that it waited for. */
void held_event(struct front *, struct held *, unsigned events);
void held_due(struct front *, struct held *);

/* A list has answered about it. */
void held_news(struct front *, struct held *);

/* Forgets that it has passed. */
void held_forget(struct front *, const struct held *, const struct policy *);

/* It is its turn: starts its program. */
void held_start(struct front *, struct held *);

/* This process ends: tells it to come again later. */
void held_end(struct front *, struct held *);

#endif
