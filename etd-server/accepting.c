/*
 * accepting: how clients come in. See accepting.h.
 */
#include "accepting.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "held.h"
#include "log.h"

enum {
	ACCEPTS = 64,		/* in one round: clients who are there come first */
	RETRY_MS = 100,		/* for a descriptor */
	FINISH_MS = 2000,	/* for room to tell the last ones */
	REMIND_MS = 60000
};

int
accepting_start(struct front *f)
{
	for (int i = 0; i < f->listen.n; i++)
		if (!front_watch(f, f->listen.fds[i], &f->listen.fds[i]))
			return 0;
	f->accepting = 1;
	return 1;
}

void
accepting_stop(struct front *f)
{
	for (int i = 0; i < f->listen.n; i++)
		epoll_ctl(f->clients.epoll, EPOLL_CTL_DEL, f->listen.fds[i], NULL);
	f->accepting = 0;
}

/* There is no room, or no descriptor: the kernel keeps who comes until there is. */
static void
pause_a_while(struct front *f, int error)
{
	accepting_stop(f);
	if (error != 0)
		heap_set(&f->clients.heap, &f->retry, f->now_ms + RETRY_MS);
	if (f->now_ms < f->remind_ms)
		return;
	f->remind_ms = f->now_ms + REMIND_MS;
	if (error != 0)
		log_warning("unable to accept: %s: %zu clients are held", strerror(error), f->clients.n);
	else
		log_warning("no more than %zu clients are held: others wait in the backlog", f->clients.max);
}

void
accepting_resume(struct front *f)
{
	if (!f->accepting && f->retry.place == 0 && f->clients.n < f->clients.max &&
	    !accepting_start(f))
		heap_set(&f->clients.heap, &f->retry, f->now_ms + RETRY_MS);
}

static int
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
	    error == ENOSPC;
}

/* Returns 1, or 0 with errno. */
static int
accept_one(struct front *f, int fd)
{
	struct address a = { .len = sizeof a.v6 };
	int client = accept4(fd, &a.any, &a.len, SOCK_CLOEXEC);
	struct held *h;

	if (client == -1)
		return 0;
	h = clients_add(&f->clients, client);
	f->counts.accepted++;
	f->last_accept_ms = f->now_ms;
	h->address = a;
	address_unmap(&h->address);
	held_begin(f, h);
	return 1;
}

void
accepting_take(struct front *f, int fd)
{
	for (int i = 0; i < ACCEPTS && f->accepting; i++) {
		if (!clients_has_room(&f->clients)) {
			if (f->clients.n == f->clients.max)
				pause_a_while(f, 0);
			return;		/* or in the next round, when those who left now are forgotten */
		}
		if (accept_one(f, fd))
			continue;
		if (is_shortage(errno))
			pause_a_while(f, errno);
		else if (errno != EAGAIN)
			continue;		/* that client's own error: accept(2) */
		return;
	}
}

/* Returns 1 when nobody waits there. */
static int
take_rest(struct front *f, int fd)
{
	for (int64_t i = 0; i <= f->options->backlog; i++)
		if (!clients_has_room(&f->clients))
			return 0;
		else if (!accept_one(f, fd) && (errno == EAGAIN || is_shortage(errno)))
			return errno == EAGAIN;
	return 0;
}

/* To close a socket resets who waits there. Where somebody else has it, the next process serves them. */
void
accepting_finish(struct front *f)
{
	struct listen *l = &f->listen;
	int wait = 0;

	if (!l->inherited && f->now_ms < f->ending_ms + FINISH_MS)
		for (int i = 0; i < l->n; i++)
			wait |= !take_rest(f, l->fds[i]);
	if (wait)
		return;
	for (int i = 0; i < l->n; i++)
		close(l->fds[i]);
	l->n = 0;
}
