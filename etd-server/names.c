/*
 * names: the reverse names of clients. See names.h.
 */
#define CARES_NO_DEPRECATED	/* the parsers are in every version */
#include "names.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "hostname.h"
#include "question.h"

enum { ADDRESSES = QUESTION_SIZE / 16 };	/* in one answer: an A record has 16 bytes */

struct name {
	struct search *search;
	void *client;
	struct name *next, *prev;	/* the others of that search */
};

struct search {
	struct entry entry;		/* until it is answered */
	struct names *names;
	struct peer *peer;
	struct name *first, *last;	/* those who wait, in the order in which they came */
	char *host;
	struct search *next;		/* of those that are answered */
};

int
names_open(struct names *n, char why[REASON_MAX])
{
	return (table_open(&n->searches, QUESTIONS_OF_NAMES) && peers_open(&n->networks, QUESTIONS_OF_NAMES)) ||
	    reason(why, "unable to look up names: %m");
}

/* Nobody can join it any more. */
static void
leave(struct search *s)
{
	table_remove(&s->names->searches, &s->entry);
	peers_leave(&s->names->networks, s->peer);
}

/* Without the host name, if it has none that counts. */
static void
answer(struct search *s, int has_name)
{
	struct names *n = s->names;

	leave(s);
	if (!has_name) {
		free(s->host);
		s->host = NULL;
	}
	if (n->answered != NULL)
		n->last->next = s;
	else
		n->answered = s;
	n->last = s;
}

static int
has_address(const struct network *a, const unsigned char *answer, int len)
{
	struct ares_addrttl v4[ADDRESSES];
	struct ares_addr6ttl v6[ADDRESSES];
	int n = ADDRESSES;

	if (a->family == 4) {
		if (ares_parse_a_reply(answer, len, NULL, v4, &n) != ARES_SUCCESS)
			return 0;
		while (n > 0)
			if (memcmp(&v4[--n].ipaddr, a->ip, 4) == 0)
				return 1;
		return 0;
	}
	if (ares_parse_aaaa_reply(answer, len, NULL, v6, &n) != ARES_SUCCESS)
		return 0;
	while (n > 0)
		if (memcmp(&v6[--n].ip6addr, a->ip, 16) == 0)
			return 1;
	return 0;
}

static void
take_addresses(void *arg, enum question_status status, const unsigned char *bytes, int len)
{
	struct search *s = arg;

	answer(s, status == QUESTION_FOUND && has_address(&s->entry.network, bytes, len));
}

/* The first of them; h_name is the last. */
static char *
read_name(const struct network *a, const unsigned char *bytes, int len)
{
	struct hostent *found = NULL;
	char *host = NULL;

	if (ares_parse_ptr_reply(bytes, len, a->ip, a->family == 4 ? 4 : 16,
	    a->family == 4 ? AF_INET : AF_INET6, &found) != ARES_SUCCESS)
		return NULL;
	if (found->h_aliases[0] != NULL)
		host = hostname_copy(found->h_aliases[0]);
	ares_free_hostent(found);
	return host;
}

static void
take_name(void *arg, enum question_status status, const unsigned char *bytes, int len)
{
	struct search *s = arg;
	const struct network *a = &s->entry.network;

	if (status == QUESTION_FOUND)
		s->host = read_name(a, bytes, len);
	if (s->host != NULL && s->names->confirm && s->first != NULL &&
	    question_ask(s->names->dns, DNS_NAMES, s->host, a->family == 4 ? ns_t_a : ns_t_aaaa, take_addresses, s))
		return;
	answer(s, s->host != NULL && !s->names->confirm);
}

/* Whether its network may have one more search. */
static int
enter(struct search *s, const struct address *address)
{
	struct names *n = s->names;
	struct network network;

	network_of(&network, address, address->any.sa_family == AF_INET ? n->bits4 : n->bits6);
	s->peer = peers_enter(&n->networks, &network);
	if (s->peer == NULL)
		return 0;
	if (s->peer->n <= NAMES_OF_NETWORK)
		return 1;
	peers_leave(&n->networks, s->peer);
	return 0;
}

static struct search *
begin(struct names *n, const struct address *address, const struct network *alone)
{
	struct search *s = calloc(1, sizeof *s);
	char name[QUESTION_NAME];

	if (s == NULL)
		return NULL;
	s->names = n;
	s->entry.network = *alone;
	if (!enter(s, address)) {
		free(s);
		return NULL;
	}
	table_add(&n->searches, &s->entry);
	question_name(name, alone, alone->family == 4 ? "in-addr.arpa" : "ip6.arpa");
	if (question_ask(n->dns, DNS_NAMES, name, ns_t_ptr, take_name, s))
		return s;
	leave(s);
	free(s);
	return NULL;
}

static void
join(struct search *s, struct name *q)
{
	q->search = s;
	q->prev = s->last;
	if (s->last != NULL)
		s->last->next = q;
	else
		s->first = q;
	s->last = q;
}

struct name *
names_ask(struct names *n, const struct address *address, void *client)
{
	struct name *q = calloc(1, sizeof *q);
	struct search *s;
	struct network alone;

	if (q == NULL)
		return NULL;
	network_of(&alone, address, 128);
	s = (struct search *)table_find(&n->searches, &alone);
	if (s == NULL)
		s = begin(n, address, &alone);
	if (s == NULL) {
		free(q);
		return NULL;
	}
	q->client = client;
	join(s, q);
	return q;
}

void
names_forget(struct name **name)
{
	struct name *q = *name;

	*name = NULL;
	if (q == NULL)
		return;
	if (q->prev != NULL)
		q->prev->next = q->next;
	else
		q->search->first = q->next;
	if (q->next != NULL)
		q->next->prev = q->prev;
	else
		q->search->last = q->prev;
	free(q);
}

int
names_take(struct names *n, void **client, char **host)
{
	struct search *s;

	while ((s = n->answered) != NULL) {
		struct name *q = s->first;

		if (q != NULL) {
			*client = q->client;
			*host = s->host != NULL ? strdup(s->host) : NULL;
			names_forget(&q);
			return 1;
		}
		n->answered = s->next;
		free(s->host);
		free(s);
	}
	return 0;
}
