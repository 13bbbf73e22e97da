/*
 * clients: those that are held, and what is waited for of each. See clients.h.
 */
#include "clients.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

int
clients_open(struct clients *c, size_t max, char why[REASON_MAX])
{
	*c = (struct clients){ .max = max };
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->epoll == -1)
		return reason(why, "unable to watch clients: %m");
	c->all = calloc(max, sizeof *c->all);	/* pages of it are used as clients come */
	if (c->all == NULL || !heap_room(&c->heap, max + CLIENTS_DUES) || !peers_open(&c->peers, max))
		return reason(why, "unable to hold %zu clients: %m", max);
	return 1;
}

int
clients_has_room(const struct clients *c)
{
	return c->free != NULL || c->touched < c->max;
}

static struct held *
take_free(struct clients *c)
{
	struct held *h = c->free;

	if (h == NULL)
		return &c->all[c->touched++];
	c->free = h->next;
	return h;
}

struct held *
clients_add(struct clients *c, int fd)
{
	struct held *h = take_free(c);

	*h = (struct held){ .fd = fd };
	c->n++;
	return h;
}

/* At edges, once for all: what has been seen is remembered, or was drained. */
int
clients_watch(struct clients *c, struct held *h)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET, .data.ptr = h
	};

	if (!h->watched)
		h->watched = epoll_ctl(c->epoll, EPOLL_CTL_ADD, h->fd, &event) != -1;
	return h->watched;
}

void
clients_remove(struct clients *c, struct held *h)
{
	if (h->step == HELD_TURN)
		clients_leave_line(c, h);
	heap_remove(&c->heap, &h->due);
	names_forget(&h->question);
	inquiry_leave(&h->asker);
	rule_end(&h->rule);
	peers_leave(&c->peers, h->peer);
	free(h->host);
	free(h->ends);
	/* To close it ends the watching only if no other process has it, as the program does, or for a moment
	   the one that writes who has passed. */
	if (h->watched)
		epoll_ctl(c->epoll, EPOLL_CTL_DEL, h->fd, NULL);
	close(h->fd);
	h->step = HELD_FREE;
	h->next = c->gone;
	c->gone = h;
	c->n--;
}

void
clients_recycle(struct clients *c)
{
	struct held *h;

	while ((h = c->gone) != NULL) {
		c->gone = h->next;
		h->next = c->free;
		c->free = h;
	}
}

void
clients_line_up(struct clients *c, struct held *h)
{
	h->step = HELD_TURN;
	h->next = NULL;
	h->prev = c->last;
	if (c->last != NULL)
		c->last->next = h;
	else
		c->first = h;
	c->last = h;
	c->waiting++;
}

void
clients_leave_line(struct clients *c, struct held *h)
{
	c->waiting--;
	if (h->prev != NULL)
		h->prev->next = h->next;
	else
		c->first = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
	else
		c->last = h->prev;
}
