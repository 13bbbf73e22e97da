/*
 * clients: all that are held, and what each of them waits for: an event on its descriptor, a moment, its
 * turn. Memory for as many as there may be is reserved at the start, and used as they come.
 */
#ifndef CLIENTS_H
#define CLIENTS_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "class.h"
#include "heap.h"
#include "inquiries.h"
#include "names.h"
#include "peers.h"
#include "reason.h"
#include "rules.h"
#include "verdict.h"

enum held_step {		/* in this order */
	HELD_FREE,
	HELD_PROXY,	/* waits for its PROXY header */
	HELD_NAME,	/* waits for its name */
	HELD_HOLD,	/* waits for the end of its hold */
	HELD_TURN,	/* may go on, and waits for a program */
	HELD_DRAIN	/* was answered, and waits for its end */
};

struct ends {
	struct address from, to;
};

struct held {
	struct due due;			/* first: the heap's due is the client */
	enum held_step step;
	int fd;
	struct address address;
	int64_t accepted_ms;
	int64_t waited_ms;		/* until it talked or went on */
	int talked;			/* before its name was there */
	int watched;
	int closed;			/* nothing more comes from it */
	int own;			/* a load balancer's own connection: exempt */
	struct ends *ends;		/* of its connection, as its PROXY header says; NULL: ask the socket */
	enum class class;
	enum verdict verdict;		/* from HELD_TURN on; before it, of an early talker that is let in */
	int listed;			/* and may go on, whatever the verdict */
	int64_t answered_ms;		/* in HELD_DRAIN: when it was answered */
	size_t drain;			/* how many bytes are still read and dropped: in HELD_PROXY of its header,
					   once that has said who it is, and in HELD_DRAIN */
	struct name *question;		/* for its name, in HELD_NAME */
	char *host;			/* NULL: none */
	struct rule rule;		/* from HELD_HOLD on */
	struct peer *peer;		/* where its connections are counted; NULL: nowhere */
	struct asker asker;		/* of the lists, from HELD_HOLD on */
	struct held *next, *prev;	/* in HELD_TURN; next also of those that are free */
};

struct clients {
	int epoll;
	size_t max, n;
	struct held *all;		/* max of them */
	size_t touched;			/* of all: the others were never used */
	struct held *free, *gone;
	struct held *first, *last;	/* in HELD_TURN, the oldest first ... */
	size_t waiting;			/* ... and how many they are */
	struct heap heap;		/* their moments, and up to CLIENTS_DUES others */
	struct peers peers;
};

enum { CLIENTS_DUES = 8 };

/* Room for max. Returns 1, or 0 with why. */
int clients_open(struct clients *, size_t max, char why[REASON_MAX]);

/* Takes the socket fd. There must be room: memory of those removed is none before clients_recycle. */
int clients_has_room(const struct clients *);
struct held *clients_add(struct clients *, int fd);

/* Watches it from now on, unless that is done already. What has happened before is an event too.
   Returns 1, or 0 with errno. */
int clients_watch(struct clients *, struct held *);

/* Closes its descriptor, ends the watching and its moment, and gives back what it had. Its memory is
   not used again before clients_recycle, to be called when no event of it can be under way. */
void clients_remove(struct clients *, struct held *);
void clients_recycle(struct clients *);

/* To the end of the line for a program, and out of it. */
void clients_line_up(struct clients *, struct held *);
void clients_leave_line(struct clients *, struct held *);

#endif
