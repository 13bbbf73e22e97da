/*
 * lookup: one question to a DNS list. See lookup.h.
 */
#define CARES_NO_DEPRECATED	/* the parsers are in every version */
#include "lookup.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <stdlib.h>

#include "question.h"

/* Who waits for it. */
struct waiting {
	int type;
	lookup_done *done;
	void *arg;
};

static void
read_addresses(struct lookup *l, const unsigned char *answer, int len)
{
	struct ares_addrttl records[LOOKUP_ADDRESSES];
	int n = LOOKUP_ADDRESSES, ttl = -1;
	int status = ares_parse_a_reply(answer, len, NULL, records, &n);

	if (status == ARES_ENODATA && !question_is_cut(answer))	/* an alias of nothing */
		l->status = LOOKUP_NONE;
	if (status != ARES_SUCCESS)
		return;
	for (int i = 0; i < n; i++) {
		l->addresses[l->n++] = ntohl(records[i].ipaddr.s_addr);
		if (ttl == -1 || records[i].ttl < ttl)
			ttl = records[i].ttl;
	}
	l->ttl_ms = ttl > 0 ? (int64_t)ttl * 1000 : 0;
	if (n > 0)
		l->status = LOOKUP_FOUND;
	else if (!question_is_cut(answer))
		l->status = LOOKUP_NONE;
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

static void
take(void *arg, enum question_status status, const unsigned char *answer, int len)
{
	struct waiting w = *(struct waiting *)arg;
	struct lookup l = { .status = LOOKUP_FAILED };

	free(arg);
	if (status == QUESTION_FOUND && w.type == ns_t_a)
		read_addresses(&l, answer, len);
	else if (status == QUESTION_FOUND)
		read_text(&l, answer, len);
	else if (status == QUESTION_NONE)
		l.status = LOOKUP_NONE;
	w.done(w.arg, &l);
}

static void
ask(struct dns *d, const struct network *n, const char *domain, const struct waiting *waiting)
{
	static const struct lookup failed = { .status = LOOKUP_FAILED };
	struct waiting *w = malloc(sizeof *w);
	char name[QUESTION_NAME];

	question_name(name, n, domain);
	if (w != NULL) {
		*w = *waiting;
		if (question_ask(d, DNS_LISTS, name, w->type, take, w))
			return;
		free(w);
	}
	waiting->done(waiting->arg, &failed);
}

void
lookup_addresses(struct dns *d, const struct network *n, const char *domain, lookup_done *done,
    void *arg)
{
	ask(d, n, domain, &(struct waiting){ ns_t_a, done, arg });
}

void
lookup_text(struct dns *d, const struct network *n, const char *domain, lookup_done *done,
    void *arg)
{
	ask(d, n, domain, &(struct waiting){ ns_t_txt, done, arg });
}
