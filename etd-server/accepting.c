/*
 * accepting: how clients come in. See accepting.h.
 */
#include "accepting.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "held.h"
#include "log.h"

enum {
	ACCEPTS = 64,		/* in one round: clients who are there come first */
	RETRY_MS = 100,		/* for a descriptor */
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
	if (!f->accepting && !f->ending && f->retry.place == 0 && f->clients.n < f->clients.max &&
	    !accepting_start(f))
		heap_set(&f->clients.heap, &f->retry, f->now_ms + RETRY_MS);
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
	for (int i = 0; i < ACCEPTS; i++) {
		if (!clients_has_room(&f->clients)) {
			if (f->clients.n == f->clients.max)
				pause_a_while(f, 0);
			return;		/* or in the next round, when those who left now are forgotten */
		}
		if (accept_one(f, fd))
			continue;
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM ||
		    errno == ENOSPC)
			pause_a_while(f, errno);
		else if (errno != EAGAIN)
			continue;		/* that client's own error: accept(2) */
		return;
	}
}
