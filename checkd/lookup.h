/*
 * lookup: asks the system's resolver for a host's address, here or in a child process: the resolver may
 * take its time, and probes go on meanwhile.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <sys/types.h>

#include "backends.h"

struct question {
	char host[SOURCE_HOST_SIZE];	/* "mx.example.com:25" */
	int family;			/* that of source=; AF_UNSPEC without one */
	struct address had;		/* the address so far, if any */
};

struct answer {
	struct address address;	/* valid if why is empty */
	char why[101];
};

void lookup_question(struct question *, const char *host, const struct record *);

/* Whether they ask for the same, whatever the address was so far. */
int lookup_is_same(const struct question *, const struct question *);

/* Asks here and now. The answer is the address that the host had, if the resolver still gives that,
   else the first. */
void lookup_ask(const struct question *, struct answer *);

/* A child that asks, one question after the other. */
struct child {
	int fd;			/* to poll for its answer; -1: there is no child */
	pid_t pid;
};

/* Starts one, in which the connections to the backends are closed. Returns 1, or 0 with errno. */
int child_start(struct child *, const struct backends *);

/* Asks the child, which must have answered the question before. */
void child_ask(const struct child *, const struct question *);

/* Takes its answer. Returns 1, 0 if there is none yet, or -1 if the child is dead, which the answer
   then says. */
int child_answer(const struct child *, struct answer *);

/* Ends it, if there is one. */
void child_end(struct child *);

#endif
