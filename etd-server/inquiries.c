/*
 * inquiries: what the lists have answered. See inquiries.h.
 */
#include "inquiries.h"

#include <stdlib.h>
#include <string.h>

#include "verdict.h"

#ifndef INQUIRIES_MAX
#define INQUIRIES_MAX 16384
#endif
#ifndef INQUIRIES_TTL_MS
#define INQUIRIES_TTL_MS 60000		/* at least, and where the list knows nothing of the address */
#endif
#ifndef INQUIRIES_OLD_MS
#define INQUIRIES_OLD_MS HOLD_MAX_MS	/* past its time, for those who were held before that */
#endif
enum {
	TTL_MAX_MS = 3600000,
	FAILED_MS = 5000,	/* so that a list that is dead is not asked for each connection */
	LOOKS = 8		/* for one that can go */
};

int
inquiries_open(struct inquiries *all, char why[REASON_MAX])
{
	return table_open(&all->table, INQUIRIES_MAX) ||
	    reason(why, "unable to remember the answers of lists: %m");
}

static void
clear(struct answer *a)
{
	free(a->addresses);
	free(a->text);
	a->addresses = NULL;
	a->text = NULL;
	a->n = a->text_asked = 0;
}

static void
forget(struct inquiry *i)
{
	struct answer *a;

	table_remove(&i->inquiries->table, &i->entry);
	while ((a = i->answers) != NULL) {
		i->answers = a->next;
		clear(a);
		free(a);
	}
	free(i);
}

/* Those in use do not stay where the oldest are looked for. */
static void
make_room(struct inquiries *all)
{
	for (int looks = 0; all->table.n >= INQUIRIES_MAX && looks < LOOKS; looks++) {
		struct inquiry *i = (struct inquiry *)all->table.oldest;

		if (i->askers != NULL || i->open > 0 || i->has_news)
			table_touch(&all->table, &i->entry);
		else
			forget(i);
	}
}

static struct inquiry *
add(struct inquiries *all, const struct network *network)
{
	struct inquiry *i = calloc(1, sizeof *i);

	if (i == NULL)
		return NULL;
	make_room(all);
	i->inquiries = all;
	i->entry.network = *network;
	table_add(&all->table, &i->entry);
	return i;
}

int
inquiry_join(struct inquiries *all, struct asker *asker, const struct address *address)
{
	struct network network;
	struct inquiry *i;

	network_of(&network, address, 128);
	i = (struct inquiry *)table_find(&all->table, &network);
	if (i != NULL)
		table_touch(&all->table, &i->entry);
	else
		i = add(all, &network);
	if (i == NULL)
		return 0;
	*asker = (struct asker){ .inquiry = i, .next = i->askers };
	if (i->askers != NULL)
		i->askers->prev = asker;
	i->askers = asker;
	return 1;
}

void
inquiry_leave(struct asker *a)
{
	if (a->inquiry == NULL)
		return;
	if (a->prev != NULL)
		a->prev->next = a->next;
	else
		a->inquiry->askers = a->next;
	if (a->next != NULL)
		a->next->prev = a->prev;
	*a = (struct asker){ 0 };
}

static void
note_news(struct inquiry *i)
{
	if (i->has_news)
		return;
	i->has_news = 1;
	i->next = i->inquiries->news;
	i->inquiries->news = i;
}

static int64_t
lifetime(const struct lookup *l)
{
	switch (l->status) {
	case LOOKUP_FAILED: return FAILED_MS;
	case LOOKUP_NONE: return INQUIRIES_TTL_MS;
	case LOOKUP_FOUND: break;
	}
	if (l->ttl_ms < INQUIRIES_TTL_MS)
		return INQUIRIES_TTL_MS;
	return l->ttl_ms < TTL_MAX_MS ? l->ttl_ms : TTL_MAX_MS;
}

static void
take(void *arg, const struct lookup *answer)
{
	struct answer *a = arg;
	struct lookup l = *answer;

	clear(a);
	zone_read(a->zone, &l);
	a->addresses = l.n > 0 ? malloc((size_t)l.n * sizeof *a->addresses) : NULL;
	if (a->addresses != NULL)
		memcpy(a->addresses, l.addresses, (size_t)l.n * sizeof *a->addresses);
	else if (l.n > 0)
		l.status = LOOKUP_FAILED;
	a->n = a->addresses != NULL ? l.n : 0;
	a->status = l.status;
	a->until_ms = *a->inquiry->inquiries->now_ms + lifetime(&l);
	a->open = 0;
	a->inquiry->open--;
	note_news(a->inquiry);
}

/* Clients must not read the key under which the list is asked. */
static int
shows_key(const struct zone *z, const char *text)
{
	char key[SITES_DOMAIN_MAX + 1];
	int len = sites_key(z->domain);

	memcpy(key, z->domain, (size_t)len);
	key[len] = '\0';
	return len > 0 && strcasestr(text, key) != NULL;
}

static void
take_text(void *arg, const struct lookup *l)
{
	struct answer *a = arg;

	if (l->status == LOOKUP_FOUND && !shows_key(a->zone, l->text))
		a->text = strdup(l->text);
	a->text_open = 0;
	a->inquiry->open--;
	note_news(a->inquiry);
}

struct answer *
inquiry_answer(const struct inquiry *i, const struct zone *z)
{
	struct answer *a = i->answers;

	while (a != NULL && a->zone != z)
		a = a->next;
	return a;
}

void
inquiry_ask(struct inquiry *i, struct zone *z)
{
	struct answer *a = inquiry_answer(i, z);

	if (a == NULL) {
		a = calloc(1, sizeof *a);
		if (a == NULL)
			return;
		a->inquiry = i;
		a->zone = z;
		a->next = i->answers;
		i->answers = a;
	} else if (a->open || a->text_open || *i->inquiries->now_ms < a->until_ms)
		return;
	if (*i->inquiries->now_ms >= a->until_ms + INQUIRIES_OLD_MS)
		clear(a);
	a->open = 1;		/* what is left counts until there is a new answer */
	i->open++;
	lookup_addresses(i->inquiries->dns, &i->entry.network, z->domain, take, a);
}

void
inquiry_ask_text(struct answer *a)
{
	if (a->text_asked || a->open)
		return;
	a->text_asked = a->text_open = 1;
	a->inquiry->open++;
	lookup_text(a->inquiry->inquiries->dns, &a->inquiry->entry.network, a->zone->domain,
	    take_text, a);
}

struct inquiry *
inquiries_news(struct inquiries *all)
{
	struct inquiry *i = all->news;

	if (i != NULL) {
		all->news = i->next;
		i->has_news = 0;
	}
	return i;
}
