/*
 * names: the reverse names of clients. See names.h.
 *
 * c-ares asks again, or another server, when a part of the time is over. It cannot end a single
 * question, so that one that nobody waits for goes on without a client until it ends by itself.
 */
#include "names.h"

#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "hostname.h"

enum { TRIES = 3, TRIES_TIME = 7 };	/* each of them waits twice as long as the one before */

struct name {
	struct names *names;
	void *client;		/* NULL: forgotten */
	struct address address;
	char *host;
	struct name *next;	/* of those that are answered, or asked again */
};

/* Where c-ares's sockets are watched. */
static void
watch_socket(void *data, ares_socket_t fd, int readable, int writable)
{
	struct names *n = data;
	struct epoll_event event = { .data.fd = fd };

	event.events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
	if (event.events == 0)
		epoll_ctl(n->fd, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(n->fd, EPOLL_CTL_MOD, fd, &event) == -1)
		epoll_ctl(n->fd, EPOLL_CTL_ADD, fd, &event);
}

/* Returns what c-ares does. */
static int
set_servers(ares_channel channel, const struct resolvers *r)
{
	struct ares_addr_port_node nodes[RESOLVERS_MAX] = { 0 };

	for (int i = 0; i < r->n; i++) {
		const struct address *a = &r->all[i];

		nodes[i].next = i + 1 < r->n ? &nodes[i + 1] : NULL;
		nodes[i].family = a->any.sa_family;
		nodes[i].udp_port = nodes[i].tcp_port = (int)address_port(a);
		if (a->any.sa_family == AF_INET)
			nodes[i].addr.addr4 = a->v4.sin_addr;
		else
			memcpy(&nodes[i].addr.addr6, &a->v6.sin6_addr, sizeof a->v6.sin6_addr);
	}
	return ares_set_servers_ports(channel, nodes);
}

static ares_channel
open_channel(struct names *n, char why[REASON_MAX])
{
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_STAYOPEN,
		.timeout = (int)(n->timeout_ms / TRIES_TIME) + 1,
		.tries = TRIES,
		.lookups = (char *)"b",		/* DNS alone, not /etc/hosts */
		.ndomains = 0,			/* nor the domains of /etc/resolv.conf */
		.sock_state_cb = watch_socket,
		.sock_state_cb_data = n
	};
	ares_channel channel;
	int status = ares_init_options(&channel, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS |
	    ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS | ARES_OPT_SOCK_STATE_CB);

	if (status == ARES_SUCCESS && n->resolvers->n > 0) {
		status = set_servers(channel, n->resolvers);
		if (status != ARES_SUCCESS)
			ares_destroy(channel);
	}
	if (status == ARES_SUCCESS)
		return channel;
	reason(why, "unable to begin asking for names: %s", ares_strerror(status));
	return NULL;
}

static void
answer(struct name *q, const char *host)
{
	struct names *n = q->names;

	n->pending--;
	if (q->client == NULL) {
		free(q->host);
		free(q);
		return;
	}
	if (host == NULL) {
		free(q->host);
		q->host = NULL;
	}
	q->next = n->answered;
	n->answered = q;
}

/* The channel was closed for another one. */
static int
is_to_be_asked_again(struct name *q, int status)
{
	if (status != ARES_EDESTRUCTION)
		return 0;
	free(q->host);
	q->host = NULL;
	q->next = q->names->again;
	q->names->again = q;
	return 1;
}

static int
is_among(const struct address *a, const struct ares_addrinfo_node *node)
{
	for (; node != NULL; node = node->ai_next) {
		const struct address *b = (const struct address *)(const void *)node->ai_addr;

		if (a->any.sa_family != b->any.sa_family)
			continue;
		if (a->any.sa_family == AF_INET ?
		    a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr :
		    IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr))
			return 1;
	}
	return 0;
}

static void
take_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
	struct name *q = arg;
	int confirmed = status == ARES_SUCCESS && is_among(&q->address, info->nodes);

	(void)timeouts;
	if (info != NULL)
		ares_freeaddrinfo(info);
	if (!is_to_be_asked_again(q, status))
		answer(q, confirmed ? q->host : NULL);
}

static void
take_name(void *arg, int status, int timeouts, struct hostent *found)
{
	struct ares_addrinfo_hints hints = { .ai_flags = ARES_AI_NOSORT };
	struct name *q = arg;

	(void)timeouts;
	if (is_to_be_asked_again(q, status))
		return;
	if (status == ARES_SUCCESS && found->h_aliases[0] != NULL)
		q->host = hostname_copy(found->h_aliases[0]);	/* the first; h_name is the last */
	if (q->host == NULL || !q->names->confirm || q->client == NULL) {
		answer(q, q->host);
		return;
	}
	hints.ai_family = q->address.any.sa_family;
	ares_getaddrinfo(q->names->channel, q->host, NULL, &hints, take_addresses, q);
}

static void
ask(struct names *n, struct name *q)
{
	const struct address *a = &q->address;

	if (a->any.sa_family == AF_INET)
		ares_gethostbyaddr(n->channel, &a->v4.sin_addr, sizeof a->v4.sin_addr, AF_INET,
		    take_name, q);
	else
		ares_gethostbyaddr(n->channel, &a->v6.sin6_addr, sizeof a->v6.sin6_addr, AF_INET6,
		    take_name, q);
}

int
names_open(struct names *n, char why[REASON_MAX])
{
	ares_channel channel, old = n->channel;
	struct name *q;

	if (old == NULL && (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
	    (n->fd = epoll_create1(EPOLL_CLOEXEC)) == -1))
		return reason(why, "unable to begin asking for names: %m");
	channel = open_channel(n, why);
	if (channel == NULL)
		return 0;
	n->channel = channel;
	if (old != NULL)
		ares_destroy(old);
	while ((q = n->again) != NULL) {
		n->again = q->next;
		ask(n, q);
	}
	return 1;
}

struct name *
names_ask(struct names *n, const struct address *address, void *client)
{
	struct name *q = n->pending < NAMES_MAX ? calloc(1, sizeof *q) : NULL;

	if (q == NULL)
		return NULL;
	q->names = n;
	q->client = client;
	q->address = *address;
	n->pending++;
	ask(n, q);
	return q;
}

void
names_forget(struct name **q)
{
	if (*q != NULL)
		(*q)->client = NULL;
	*q = NULL;
}

void
names_run(struct names *n)
{
	struct epoll_event events[16];
	int ready = epoll_wait(n->fd, events, 16, 0);

	for (int i = 0; i < ready; i++) {
		int fd = events[i].data.fd;

		ares_process_fd(n->channel,
		    events[i].events & ~(unsigned)EPOLLOUT ? fd : ARES_SOCKET_BAD,
		    events[i].events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
	}
	if (ready <= 0)		/* what has had its time */
		ares_process_fd(n->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

int
names_take(struct names *n, void **client, char **host)
{
	struct name *q;

	while ((q = n->answered) != NULL) {
		n->answered = q->next;
		*client = q->client;
		*host = q->host;
		free(q);
		if (*client != NULL)
			return 1;
		free(*host);
	}
	return 0;
}
