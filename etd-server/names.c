/*
 * names: the reverse names of clients. See names.h.
 *
 * c-ares cannot end a single question, so that one that nobody waits for goes on without a client
 * until it ends by itself.
 */
#include "names.h"

#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "hostname.h"

struct name {
	struct names *names;
	void *client;		/* NULL: forgotten */
	struct address address;
	char *host;
	struct name *next;	/* of those that are answered */
};

static void ask(struct name *);

static void
answer(struct name *q, const char *host)
{
	struct names *n = q->names;

	n->dns->pending--;
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
	if (status != ARES_EDESTRUCTION) {
		answer(q, confirmed ? q->host : NULL);
		return;
	}
	free(q->host);
	q->host = NULL;
	ask(q);
}

static void
take_name(void *arg, int status, int timeouts, struct hostent *found)
{
	struct ares_addrinfo_hints hints = { .ai_flags = ARES_AI_NOSORT };
	struct name *q = arg;

	(void)timeouts;
	if (status == ARES_EDESTRUCTION) {
		ask(q);
		return;
	}
	if (status == ARES_SUCCESS && found->h_aliases[0] != NULL)
		q->host = hostname_copy(found->h_aliases[0]);	/* the first; h_name is the last */
	if (q->host == NULL || !q->names->confirm || q->client == NULL) {
		answer(q, q->host);
		return;
	}
	hints.ai_family = q->address.any.sa_family;
	ares_getaddrinfo(q->names->dns->channel, q->host, NULL, &hints, take_addresses, q);
}

/* Anew where the channel was closed for another one. */
static void
ask(struct name *q)
{
	ares_channel channel = q->names->dns->channel;
	const struct address *a = &q->address;

	if (a->any.sa_family == AF_INET)
		ares_gethostbyaddr(channel, &a->v4.sin_addr, sizeof a->v4.sin_addr, AF_INET,
		    take_name, q);
	else
		ares_gethostbyaddr(channel, &a->v6.sin6_addr, sizeof a->v6.sin6_addr, AF_INET6,
		    take_name, q);
}

struct name *
names_ask(struct names *n, const struct address *address, void *client)
{
	struct name *q = NULL;

	if (n->dns->pending < DNS_QUESTIONS)
		q = calloc(1, sizeof *q);
	if (q == NULL)
		return NULL;
	q->names = n;
	q->client = client;
	q->address = *address;
	n->dns->pending++;
	ask(q);
	return q;
}

void
names_forget(struct name **q)
{
	if (*q != NULL)
		(*q)->client = NULL;
	*q = NULL;
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
