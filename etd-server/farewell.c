/*
 * farewell: how a client ends that gets no program. See farewell.h.
 */
#include "farewell.h"

#include <string.h>

#include "connection.h"
#include "held.h"
#include "log.h"
#include "reply.h"

enum { SOON_MS = 5, LOOK_MS = 100 };

/* A client nearby closes soon after it was answered; one far away takes a round trip or more. Nothing is
   done for a client until it is looked at, and it is looked at less and less often. */
void
farewell_drain(struct front *f, struct held *h)
{
	int64_t end_ms = h->answered_ms + REPLY_DRAIN_MS;
	int64_t look_ms = f->now_ms + LOOK_MS + f->now_ms - h->answered_ms;

	if (!reply_drain(h->fd, &h->drain) || h->closed || f->now_ms >= end_ms)
		clients_remove(&f->clients, h);
	else
		heap_set(&f->clients.heap, &h->due, look_ms < end_ms ? look_ms : end_ms);
}

void
farewell_reply(struct front *f, struct held *h, const char *reply)
{
	if (h->step == HELD_TURN)
		clients_leave_line(&f->clients, h);
	names_forget(&h->question);
	inquiry_leave(&h->asker);
	peers_leave(&f->clients.peers, h->peer);	/* it may come again at once */
	h->peer = NULL;
	reply_last(h->fd, reply, strlen(reply));
	reply_end(h->fd);
	h->step = HELD_DRAIN;
	h->answered_ms = f->now_ms;
	h->drain = REPLY_DRAIN_BYTES;
	heap_set(&f->clients.heap, &h->due, f->now_ms + SOON_MS);
}

void
farewell_later(struct front *f, struct held *h, const char *why)
{
	char ip[ADDRESS_SIZE];

	log_warning("%s: %s", address_ip(&h->address, ip), why);
	front_count(f, h, COUNT_LATER);
	farewell_reply(f, h, reply_later);
}

void
farewell_too_many(struct front *f, struct held *h)
{
	connection_log_limit(h, "per-client");
	front_count(f, h, COUNT_LIMIT);
	farewell_reply(f, h, "421 4.7.0 Too many connections from your address, try again later\r\n");
}

void
farewell_hangup(struct front *f, struct held *h)
{
	if (held_must_be_silent(h))
		h->waited_ms = f->now_ms - h->accepted_ms;
	connection_log_verdict(h, VERDICT_HANGUP, NULL);
	front_count(f, h, COUNT_HANGUP);
	clients_remove(&f->clients, h);
}
