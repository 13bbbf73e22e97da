/*
 * resolve: the addresses of backends that the source gives by host name. See resolve.h.
 */
#include "resolve.h"

#include <string.h>
#include <sys/epoll.h>

#include "log.h"

enum {
	BRISK = 8,		/* children, beside those that are kept waiting */
	SLOW_MS = 1000,		/* from then on a child is kept waiting */
	RETRY_MS = 10000	/* from a failure to the next try */
};

int
resolve_open(struct resolve *r, size_t *room, char why[REASON_MAX])
{
	size_t half = *room / 2;

	r->most = half < RESOLVE_CHILDREN ? half : RESOLVE_CHILDREN;
	*room -= r->most;
	if (r->most == 0)
		r->most = 1;
	for (size_t i = 0; i < RESOLVE_CHILDREN; i++)
		r->resolvers[i].child.fd = -1;
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	return r->epoll != -1 || reason(why, "unable to poll: %m");
}

static void
push(struct resolve *r, struct backend *b, enum resolve_class class)
{
	struct queue *q = &r->queues[class];

	b->lookup.next = NULL;
	*q->end = b;
	q->end = &b->lookup.next;
}

static void
pop(struct resolve *r, struct backend *b)
{
	for (struct queue *q = r->queues; q < r->queues + RESOLVE_CLASSES; q++)
		if (q->first == b) {
			q->first = b->lookup.next;
			if (q->first == NULL)
				q->end = &q->first;
		}
}

static void
end(struct resolve *r, struct resolver *one)
{
	/* Another child may have its socket, too: then close alone does not take it out. */
	epoll_ctl(r->epoll, EPOLL_CTL_DEL, one->child.fd, NULL);
	child_end(&one->child);
	r->n--;
	r->busy -= (size_t)one->busy;
	one->busy = 0;
}

static void
end_idle(struct resolve *r)
{
	for (struct resolver *one = r->resolvers; r->n > r->busy; one++)
		if (one->child.fd != -1 && !one->busy)
			end(r, one);
}

/* Ends those that ask for what nobody has any more. */
static void
find_again(struct resolve *r)
{
	struct question q;

	for (size_t i = 0; i < RESOLVE_CHILDREN; i++) {
		struct resolver *one = &r->resolvers[i];
		struct backend *b = one->busy ? backends_find(r->backends, one->backend) : NULL;

		if (b != NULL)
			lookup_question(&q, b->host, &b->record);
		if (b != NULL && lookup_is_same(&q, &one->question))
			b->lookup.is_under_way = b->lookup.is_stale = 1;
		else if (one->busy)
			end(r, one);
	}
}

void
resolve_take_on(struct resolve *r, struct backends *backends, int64_t now_ms)
{
	r->backends = backends;
	for (struct queue *q = r->queues; q < r->queues + RESOLVE_CLASSES; q++)
		*q = (struct queue){ .end = &q->first };
	find_again(r);
	for (size_t i = 0; i < backends->n; i++) {
		struct backend *b = &backends->all[i];

		if (b->host[0] == '\0' || b->lookup.is_under_way)
			continue;
		b->lookup.due_ms = now_ms;
		push(r, b, b->lookup.has_failed ? RESOLVE_AGAIN :
		    b->record.address.len > 0 ? RESOLVE_GOOD : RESOLVE_NEW);
	}
}

/* Counts the children that are asking for what has not resolved, and those that are not kept waiting. */
static void
count(const struct resolve *r, int64_t now_ms, size_t *again, size_t *brisk)
{
	*again = *brisk = 0;
	for (size_t i = 0; i < RESOLVE_CHILDREN && r->busy > 0; i++) {
		const struct resolver *one = &r->resolvers[i];

		*again += one->busy && one->again;
		*brisk += one->busy && now_ms < one->begun_ms + SLOW_MS;
	}
}

/* Places are left for those that are not tried again. */
static size_t
most_again(const struct resolve *r)
{
	return r->most > 2 * BRISK ? r->most - BRISK : (r->most + 1) / 2;
}

/* Returns the one to ask for now, or NULL. */
static struct backend *
next(const struct resolve *r, size_t again, int64_t now_ms)
{
	struct backend *b = r->queues[RESOLVE_GOOD].first;

	if (b == NULL)
		b = r->queues[RESOLVE_NEW].first;
	if (b != NULL)
		return b;
	b = r->queues[RESOLVE_AGAIN].first;
	return b != NULL && b->lookup.due_ms <= now_ms && again < most_again(r) ? b : NULL;
}

/* Returns a new one, or NULL if none could be made. */
static struct resolver *
begin(struct resolve *r, int64_t now_ms)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct resolver *one = r->resolvers;

	while (one->child.fd != -1)
		one++;
	event.data.ptr = one;
	if (child_start(&one->child, r->backends)) {
		r->n++;
		if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, one->child.fd, &event) != -1)
			return one;
		log_warning("unable to look up hosts: %m");
		end(r, one);
	} else
		log_warning("unable to look up hosts: %m");
	r->fork_ms = now_ms + RETRY_MS;
	return NULL;
}

/* Returns one that can be asked now, or NULL. */
static struct resolver *
find(struct resolve *r, size_t brisk, int64_t now_ms)
{
	if (r->n > r->busy)
		for (struct resolver *one = r->resolvers;; one++)
			if (one->child.fd != -1 && !one->busy)
				return one;
	return r->n < r->most && brisk < BRISK && now_ms >= r->fork_ms ? begin(r, now_ms) : NULL;
}

static void
ask(struct resolve *r, struct resolver *one, struct backend *b, int64_t now_ms)
{
	pop(r, b);
	b->lookup.is_under_way = 1;
	strcpy(one->backend, b->record.name);
	lookup_question(&one->question, b->host, &b->record);
	one->again = b->lookup.has_failed;
	one->begun_ms = now_ms;
	one->busy = 1;
	r->busy++;
	child_ask(&one->child, &one->question);
}

/* When there may be another child: beside one that is kept waiting by then, or after a failure. */
static int64_t
another(const struct resolve *r, int64_t now_ms)
{
	int64_t ms = INT64_MAX;

	for (size_t i = 0; i < RESOLVE_CHILDREN && r->n < r->most; i++) {
		int64_t slow_ms = r->resolvers[i].begun_ms + SLOW_MS;

		if (r->resolvers[i].busy && slow_ms > now_ms && slow_ms < ms)
			ms = slow_ms;
	}
	return r->fork_ms > now_ms && r->fork_ms < ms ? r->fork_ms : ms;
}

int64_t
resolve_run(struct resolve *r, int64_t now_ms)
{
	struct resolver *one = NULL;
	struct backend *b, *again_first;
	size_t again, brisk;

	do {
		count(r, now_ms, &again, &brisk);
		b = next(r, again, now_ms);
		one = b != NULL ? find(r, brisk, now_ms) : NULL;
		if (one != NULL)
			ask(r, one, b, now_ms);
	} while (one != NULL);
	if (b != NULL)
		return another(r, now_ms);
	end_idle(r);
	again_first = r->queues[RESOLVE_AGAIN].first;
	return again_first != NULL && again_first->lookup.due_ms > now_ms ?
	    again_first->lookup.due_ms : INT64_MAX;
}

int
resolve_is_busy(const struct resolve *r)
{
	if (r->once && r->n == 0 && r->fork_ms > 0)
		return 0;	/* nobody is there to ask, and the log says so */
	return r->busy > 0 || r->queues[RESOLVE_GOOD].first != NULL ||
	    r->queues[RESOLVE_NEW].first != NULL;
}

/* What the answer means for the backend's next question. */
static void
settle(struct resolve *r, struct backend *b, int has_failed, int64_t now_ms)
{
	int is_stale = b->lookup.is_stale;

	b->lookup.is_under_way = b->lookup.is_stale = 0;
	b->lookup.has_failed = has_failed;
	b->lookup.due_ms = is_stale ? now_ms : now_ms + RETRY_MS;
	if (has_failed && !r->once)
		push(r, b, RESOLVE_AGAIN);
	else if (is_stale)
		push(r, b, RESOLVE_GOOD);
}

struct backend *
resolve_take(struct resolve *r, struct answer *answer, int64_t now_ms)
{
	struct epoll_event event;

	while (epoll_wait(r->epoll, &event, 1, 0) == 1) {
		struct resolver *one = event.data.ptr;
		int was_busy = one->busy, n = child_answer(&one->child, answer);

		if (n == 0)
			continue;
		r->busy -= (size_t)was_busy;
		one->busy = 0;
		if (n == -1)
			end(r, one);
		if (was_busy) {
			struct backend *b = backends_find(r->backends, one->backend);

			settle(r, b, answer->why[0] != '\0', now_ms);
			return b;
		}
	}
	return NULL;
}
