/*
 * dns: the servers that answer for DNS. See dns.h.
 *
 * c-ares asks again, or another server, when a part of the time is over. What it makes of errors differs
 * from version to version, and an error of the way concerns every question: question.c deals with that.
 */
#define CARES_NO_DEPRECATED	/* ares_get_servers_ports is in every version */
#include "dns.h"

#include <ares.h>
#include <stdio.h>
#include <sys/epoll.h>

#include "question.h"

enum {
	LEAST_MS = 250,			/* for a try, in c-ares 1.34 */
	BUFFER = 1 << 20		/* for answers to what thousands have made us ask at once */
};

/* Where c-ares's sockets are watched. */
static void
watch_socket(void *data, ares_socket_t fd, int readable, int writable)
{
	struct dns *d = data;
	struct epoll_event event = { .data.fd = fd };

	event.events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
	if (event.events == 0)
		epoll_ctl(d->fd, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(d->fd, EPOLL_CTL_MOD, fd, &event) == -1)
		epoll_ctl(d->fd, EPOLL_CTL_ADD, fd, &event);
}

/* Returns what c-ares does. */
static int
set_servers(ares_channel channel, const struct resolvers *r)
{
	char list[RESOLVERS_MAX * ADDRESS_SIZE], text[ADDRESS_SIZE];
	size_t len = 0;

	for (int i = 0; i < r->n; i++)
		len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? "," : "",
		    address_text(&r->all[i], text));
	return ares_set_servers_ports_csv(channel, list);
}

/* c-ares asks the servers in turn, each of them so many times, and waits in each turn twice as long as in
   the one before. All that must be over with the timeout: a question that was given up counts until then. */
static void
set_times(struct ares_options *o, int64_t timeout_ms, int servers)
{
	int tries = servers == 1 ? 3 : servers <= 3 ? 2 : 1;
	int parts = servers * ((1 << tries) - 1);

	o->tries = tries;
	o->timeout = (int)(timeout_ms / parts) + 1;
#ifdef ARES_OPT_MAXTIMEOUTMS
	/* Such a c-ares counts from how fast the servers' answers have been so far, and makes each try
	   shorter by chance, down to its half: 3 tries could be over after a second. */
	o->tries = 0;
	for (int64_t ms = LEAST_MS * servers; ms < 2 * timeout_ms || o->tries == 0; ms *= 2)
		o->tries++;
	o->maxtimeout = (int)(timeout_ms / 2);
#endif
}

static ares_channel
open_channel(struct dns *d, int servers, int flags, char why[REASON_MAX])
{
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_STAYOPEN | ARES_FLAG_IGNTC | ARES_FLAG_EDNS | flags,
		.ednspsz = QUESTION_SIZE,
		.lookups = (char *)"b",		/* DNS alone, not /etc/hosts */
		.ndomains = 0,			/* nor the domains of /etc/resolv.conf */
		.socket_receive_buffer_size = BUFFER,
		.sock_state_cb = watch_socket,
		.sock_state_cb_data = d
	};
	int set = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
	    ARES_OPT_DOMAINS | ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB;
	ares_channel channel;
	int status;

	set_times(&options, d->timeout_ms, servers);
#ifdef ARES_OPT_MAXTIMEOUTMS
	set |= ARES_OPT_MAXTIMEOUTMS;
#endif
#ifdef ARES_OPT_QUERY_CACHE
	set |= ARES_OPT_QUERY_CACHE;	/* none, for it has no bound */
	options.qcache_max_ttl = 0;
#endif
	status = ares_init_options(&channel, &options, set);
	if (status == ARES_SUCCESS && d->resolvers->n > 0) {
		status = set_servers(channel, d->resolvers);
		if (status != ARES_SUCCESS)
			ares_destroy(channel);
	}
	if (status == ARES_SUCCESS)
		return channel;
	reason(why, "unable to start DNS lookups: %s", ares_strerror(status));
	return NULL;
}

static int
count_servers(ares_channel channel)
{
	struct ares_addr_port_node *all = NULL;
	int n = 0;

	if (ares_get_servers_ports(channel, &all) == ARES_SUCCESS)
		for (const struct ares_addr_port_node *server = all; server != NULL; server = server->next)
			n++;
	if (all != NULL)
		ares_free_data(all);
	return n;
}

/* Asked without ARES_FLAG_NOCHECKRESP, c-ares 1.18 says the same of a server that has refused and of one
   that cannot be reached. How many servers there are c-ares tells only of a channel that is open. */
static int
open_channels(struct dns *d, char why[REASON_MAX])
{
	ares_channel channel = open_channel(d, 1, ARES_FLAG_NOCHECKRESP, why), others = NULL;
	int servers = channel != NULL ? count_servers(channel) : 0;

	if (servers > 1) {
		others = open_channel(d, servers, 0, why);
		ares_destroy(channel);
		channel = others != NULL ? open_channel(d, servers, ARES_FLAG_NOCHECKRESP, why) : NULL;
	}
	if (channel != NULL) {
		d->channel = channel;
		d->others = others;
		return 1;
	}
	if (others != NULL)
		ares_destroy(others);
	return 0;
}

int
dns_open(struct dns *d, char why[REASON_MAX])
{
	ares_channel old = d->channel, old_others = d->others;

	if (old == NULL && (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
	    (d->fd = epoll_create1(EPOLL_CLOEXEC)) == -1 ||
	    !heap_room(&d->questions, QUESTIONS_OF_LISTS + QUESTIONS_OF_NAMES)))
		return reason(why, "unable to start DNS lookups: %m");
	if (!open_channels(d, why))
		return 0;
	if (old != NULL)
		ares_destroy(old);
	if (old_others != NULL)
		ares_destroy(old_others);
	return 1;
}

/* An fd of the other channel's is none to this one, which looks at its time alone. */
static void
process(struct dns *d, ares_socket_t readable, ares_socket_t writable)
{
	ares_process_fd(d->channel, readable, writable);
	if (d->others != NULL)
		ares_process_fd(d->others, readable, writable);
}

void
dns_run(struct dns *d)
{
	struct epoll_event events[16];
	int ready = epoll_wait(d->fd, events, 16, 0);

	for (int i = 0; i < ready; i++) {
		int fd = events[i].data.fd;

		process(d, events[i].events & ~(unsigned)EPOLLOUT ? fd : ARES_SOCKET_BAD,
		    events[i].events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
	}
	if (ready <= 0)		/* what has had its time */
		process(d, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

int
dns_is_pending(const struct dns *d)
{
	for (int kind = 0; kind < DNS_KINDS; kind++)
		if (d->pending[kind] > 0)
			return 1;
	return 0;
}
