/*
 * lookup: one question to a DNS list. See lookup.h.
 */
#define CARES_NO_DEPRECATED	/* ares_query is in every version */
#include "lookup.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sites.h"

enum { NAME_SIZE = 64 + SITES_DOMAIN_MAX + 1 };

struct question {
	struct dns *dns;
	struct network network;
	const char *domain;
	int type;
	lookup_done *done;
	void *arg;
};

static void
make_name(char name[NAME_SIZE], const struct network *n, const char *domain)
{
	static const char hex[] = "0123456789abcdef";
	char *s = name;

	if (n->family == 4) {
		snprintf(name, NAME_SIZE, "%u.%u.%u.%u.%s", n->ip[3], n->ip[2], n->ip[1], n->ip[0], domain);
		return;
	}
	for (int i = 15; i >= 0; i--) {
		*s++ = hex[n->ip[i] & 15];
		*s++ = '.';
		*s++ = hex[n->ip[i] >> 4];
		*s++ = '.';
	}
	snprintf(s, NAME_SIZE - 64, "%s", domain);
}

static void
read_addresses(struct lookup *l, const unsigned char *answer, int len)
{
	struct ares_addrttl records[LOOKUP_ADDRESSES];
	int n = LOOKUP_ADDRESSES, ttl = -1;
	int status = ares_parse_a_reply(answer, len, NULL, records, &n);

	if (status == ARES_ENODATA)	/* an alias of nothing */
		l->status = LOOKUP_NONE;
	if (status != ARES_SUCCESS)
		return;
	for (int i = 0; i < n; i++) {
		l->addresses[l->n++] = ntohl(records[i].ipaddr.s_addr);
		if (ttl == -1 || records[i].ttl < ttl)
			ttl = records[i].ttl;
	}
	l->ttl_ms = ttl > 0 ? (int64_t)ttl * 1000 : 0;
	l->status = n > 0 ? LOOKUP_FOUND : LOOKUP_NONE;
}

/* The strings of one record are parts of one text. */
static void
read_text(struct lookup *l, const unsigned char *answer, int len)
{
	struct ares_txt_ext *all = NULL;
	size_t used = 0;

	if (ares_parse_txt_reply_ext(answer, len, &all) != ARES_SUCCESS)
		return;
	for (struct ares_txt_ext *t = all; t != NULL && (t == all || !t->record_start); t = t->next)
		for (size_t i = 0; i < t->length && used < LOOKUP_TEXT - 1; i++)
			l->text[used++] = t->txt[i] >= ' ' && t->txt[i] <= '~' ? (char)t->txt[i] : '?';
	ares_free_data(all);
	l->text[used] = '\0';
	l->status = used > 0 ? LOOKUP_FOUND : LOOKUP_NONE;
}

static void ask(struct question *);

static void
take(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
	struct question *q = arg;
	struct lookup l = { .status = LOOKUP_FAILED };

	(void)timeouts;
	if (status == ARES_EDESTRUCTION) {
		ask(q);
		return;
	}
	if (status == ARES_SUCCESS && q->type == ns_t_a)
		read_addresses(&l, answer, len);
	else if (status == ARES_SUCCESS)
		read_text(&l, answer, len);
	else if (status == ARES_ENOTFOUND || status == ARES_ENODATA)
		l.status = LOOKUP_NONE;
	q->dns->pending--;
	q->done(q->arg, &l);
	free(q);
}

/* Anew where the channel was closed for another one. */
static void
ask(struct question *q)
{
	char name[NAME_SIZE];

	make_name(name, &q->network, q->domain);
	ares_query(q->dns->channel, name, ns_c_in, q->type, take, q);
}

static void
begin(struct dns *d, const struct question *question)
{
	static const struct lookup failed = { .status = LOOKUP_FAILED };
	struct question *q = NULL;

	if (d->pending < DNS_OF_LISTS)
		q = malloc(sizeof *q);
	if (q == NULL) {
		question->done(question->arg, &failed);
		return;
	}
	*q = *question;
	d->pending++;
	ask(q);
}

void
lookup_addresses(struct dns *d, const struct network *n, const char *domain, lookup_done *done,
    void *arg)
{
	begin(d, &(struct question){ d, *n, domain, ns_t_a, done, arg });
}

void
lookup_text(struct dns *d, const struct network *n, const char *domain, lookup_done *done,
    void *arg)
{
	begin(d, &(struct question){ d, *n, domain, ns_t_txt, done, arg });
}
