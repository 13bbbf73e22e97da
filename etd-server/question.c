/*
 * question: one question to DNS. See question.h.
 *
 * c-ares cannot end a single question: one that is given up goes on, and counts, until it ends by itself.
 */
#define CARES_NO_DEPRECATED	/* ares_query is in every version */
#include "question.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MS = 250, PAUSE_MAX_MS = 1000 };

struct question {
	struct due due;		/* first: when it is given up, or in a pause asked again */
	struct dns *dns;
	enum dns_kind kind;
	int type;
	int is_paused;		/* c-ares does not have it */
	int others;		/* a server has refused: it goes to the other ones */
	int64_t pause_ms, end_ms;
	question_done *done;	/* NULL: it was given up */
	void *arg;
	char name[];
};

static const size_t most[DNS_KINDS] = { [DNS_LISTS] = QUESTIONS_OF_LISTS, [DNS_NAMES] = QUESTIONS_OF_NAMES };

static void
end(struct question *q, enum question_status status, const unsigned char *answer, int len)
{
	question_done *done = q->done;
	void *arg = q->arg;

	heap_remove(&q->dns->questions, &q->due);
	q->dns->pending[q->kind]--;
	free(q);
	if (done != NULL)
		done(arg, status, answer, len);
}

/* It will not be answered in time. */
static void
give_up(struct question *q)
{
	question_done *done = q->done;

	if (q->is_paused) {
		end(q, QUESTION_FAILED, NULL, 0);
		return;
	}
	heap_remove(&q->dns->questions, &q->due);
	q->done = NULL;
	done(q->arg, QUESTION_FAILED, NULL, 0);
}

/* Returns 0 if there is no time for that. */
static int
pause_a_while(struct question *q)
{
	int64_t again_ms = *q->dns->now_ms + q->pause_ms;

	if (again_ms >= q->end_ms)
		return 0;
	q->is_paused = 1;
	heap_set(&q->dns->questions, &q->due, again_ms);
	q->pause_ms = q->pause_ms * 2 < PAUSE_MAX_MS ? q->pause_ms * 2 : PAUSE_MAX_MS;
	return 1;
}

/* What nobody was asked: there can be no such name. */
static int
is_hopeless(int status)
{
	return status == ARES_EBADNAME || status == ARES_EBADQUERY || status == ARES_EFORMERR ||
	    status == ARES_ENOTFOUND;
}

static int
rcode(const unsigned char *answer)
{
	return answer[3] & 15;
}

static int
is_refusal(const unsigned char *answer)
{
	return rcode(answer) == ns_r_servfail || rcode(answer) == ns_r_notimpl ||
	    rcode(answer) == ns_r_refused;
}

/* status tells only whether a good answer has records. */
static enum question_status
judge(int status, const unsigned char *answer)
{
	if (answer != NULL && rcode(answer) == ns_r_nxdomain)
		return QUESTION_NONE;
	if (answer == NULL || rcode(answer) != ns_r_noerror)
		return QUESTION_FAILED;
	if (status == ARES_SUCCESS)
		return QUESTION_FOUND;
	return status == ARES_ENODATA && !question_is_cut(answer) ? QUESTION_NONE : QUESTION_FAILED;
}

static void ask(struct question *);

static void
take(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
	struct question *q = arg;

	(void)timeouts;
	if (q->done == NULL) {
		end(q, QUESTION_FAILED, NULL, 0);
	} else if (status == ARES_EDESTRUCTION) {	/* the channel was closed for another one */
		ask(q);
	} else if (answer != NULL && is_refusal(answer) && !q->others && q->dns->others != NULL) {
		q->others = 1;
		ask(q);
	} else if (answer != NULL || q->others || is_hopeless(status) || !pause_a_while(q)) {
		end(q, judge(status, answer), answer, len);
	}
}

static void
ask(struct question *q)
{
	struct dns *d = q->dns;

	ares_query(q->others && d->others != NULL ? d->others : d->channel, q->name, ns_c_in, q->type,
	    take, q);
}

int
question_ask(struct dns *d, enum dns_kind kind, const char *name, int type, question_done *done, void *arg)
{
	struct question *q = NULL;

	if (d->pending[kind] < most[kind])
		q = malloc(sizeof *q + strlen(name) + 1);
	if (q == NULL)
		return 0;
	*q = (struct question){ .dns = d, .kind = kind, .type = type, .pause_ms = PAUSE_MS,
	    .end_ms = *d->now_ms + d->timeout_ms, .done = done, .arg = arg };
	strcpy(q->name, name);
	d->pending[kind]++;
	heap_set(&d->questions, &q->due, q->end_ms);
	ask(q);
	return 1;
}

void
questions_run(struct dns *d)
{
	struct due *due;

	while ((due = heap_first(&d->questions)) != NULL && due->at_ms <= *d->now_ms) {
		struct question *q = (struct question *)due;

		if (*d->now_ms >= q->end_ms) {
			give_up(q);
			continue;
		}
		q->is_paused = 0;
		heap_set(&d->questions, &q->due, q->end_ms);
		ask(q);
	}
}

int
question_is_cut(const unsigned char *answer)
{
	return (answer[2] & 2) != 0;
}

void
question_name(char name[QUESTION_NAME], const struct network *n, const char *domain)
{
	static const char hex[] = "0123456789abcdef";
	char *s = name;

	if (n->family == 4) {
		snprintf(name, QUESTION_NAME, "%u.%u.%u.%u.%s", n->ip[3], n->ip[2], n->ip[1], n->ip[0], domain);
		return;
	}
	for (int i = 15; i >= 0; i--) {
		*s++ = hex[n->ip[i] & 15];
		*s++ = '.';
		*s++ = hex[n->ip[i] >> 4];
		*s++ = '.';
	}
	snprintf(s, QUESTION_NAME - 64, "%s", domain);
}
