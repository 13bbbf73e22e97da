/*
 * held: one client's way from accept to the program's start. See held.h.
 */
#include "held.h"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "balancer.h"
#include "connection.h"
#include "farewell.h"
#include "launch.h"
#include "lists.h"
#include "reply.h"
#include "terms.h"

/* It may go on as soon as there is a program for it. */
static void
line_up(struct front *f, struct held *h, enum verdict verdict)
{
	heap_remove(&f->clients.heap, &h->due);
	h->verdict = verdict;
	clients_line_up(&f->clients, h);
}

/* Its hold is over, and no list keeps it from going on. */
static void
end_hold(struct front *f, struct held *h)
{
	h->waited_ms = f->now_ms - h->accepted_ms;
	line_up(f, h, h->verdict);
}

/* Those that are exempt may talk, and an early talker may that is let in. */
int
held_must_be_silent(const struct held *h)
{
	return h->verdict == VERDICT_PASS || h->verdict == VERDICT_KNOWN;
}

static int
is_known(struct front *f, const struct held *h, const struct policy *p)
{
	struct network network;

	if (!p->remember)
		return 0;
	policy_network(p, &h->address, &network);
	return passed_has(&f->passed, &network, p->passed_s, f->now_ms);
}

void
held_forget(struct front *f, const struct held *h, const struct policy *p)
{
	struct network network;

	if (!p->remember)
		return;
	policy_network(p, &h->address, &network);
	passed_forget(&f->passed, &network, p->passed_s, f->now_ms);
}

/* The lists have not been asked yet about one that was known, or has talked before its hold. */
static void
ask_lists(struct front *f, struct held *h, struct policy *p)
{
	int64_t hold_ms = policy_hold(p, h->class, f->stress.on);

	heap_set(&f->clients.heap, &h->due, h->accepted_ms + hold_ms);
	lists_ask(f, h, p, hold_ms);
}

/* An early talker goes on, but first the lists have their time, as with one that is silent: what
   ETD_ACTION says of talk must not let anyone past them. */
static void
let_in(struct front *f, struct held *h, struct policy *p)
{
	int has_place = h->step == HELD_TURN;

	h->verdict = VERDICT_EARLY;
	if (has_place && (p->score.sites.n == 0 || h->asker.inquiry != NULL))
		return;			/* it keeps it, and is judged when it is its turn */
	if (has_place)
		clients_leave_line(&f->clients, h);
	h->step = HELD_HOLD;
	if (h->asker.inquiry == NULL)
		ask_lists(f, h, p);
	if (h->asker.inquiry == NULL)	/* there are none */
		line_up(f, h, VERDICT_EARLY);
	else
		held_news(f, h);
}

/* It has talked, h->waited_ms after it came. */
static void
judge_talk(struct front *f, struct held *h, const struct words *words)
{
	char why[REASON_MAX];
	struct policy *p = terms_of(&f->terms, &h->rule, why);
	struct refusal refusal;

	if (p == NULL) {
		farewell_later(f, h, why);
		return;
	}
	connection_log_verdict(h, VERDICT_EARLY, words);
	front_count(f, h, COUNT_EARLY);
	counts_early(&f->counts, h->class, talk_kind(words));
	counts_wait(&f->counts, COUNT_WAIT_EARLY, h->waited_ms);
	held_forget(f, h, p);
	if (p->verdict.action != ACTION_REJECT) {
		let_in(f, h, p);
		return;
	}
	refusal_make(&refusal, p->verdict.reply);
	farewell_reply(f, h, refusal.lines);
}

static void
talks(struct front *f, struct held *h, const struct words *words)
{
	if (!h->talked)
		h->waited_ms = f->now_ms - h->accepted_ms;
	h->talked = 1;
	if (h->step != HELD_NAME)
		judge_talk(f, h, words);
}

/* It must be silent, and poll said this of it. Returns 1 where it is. */
static int
is_silent(struct front *f, struct held *h, short revents)
{
	struct words words;

	switch (talk_hear(&words, h->fd, revents)) {
	case TALK_SILENT:
		return 1;
	case TALK_EARLY:
		talks(f, h, &words);
		break;
	case TALK_HANGUP:
	case TALK_ERROR:
		farewell_hangup(f, h);
		break;
	}
	return 0;
}

/* The same as of now, an urgent byte included, which to read alone does not find. */
static int
is_silent_now(struct front *f, struct held *h)
{
	struct pollfd in = { .fd = h->fd, .events = TALK_EVENTS };

	return is_silent(f, h, poll(&in, 1, 0) == -1 ? POLLIN : in.revents);
}

static void
tease(const struct verdict_settings *v, const struct held *h)
{
	char line[TEASER_MAX + 1];
	size_t len = verdict_teaser(v, line);

	if (len > 0)
		reply_send(h->fd, line, len);
}

static void
watch(struct front *f, struct held *h)
{
	if (!clients_watch(&f->clients, h))
		farewell_later(f, h, "unable to watch it");
}

static void
begin_hold(struct front *f, struct held *h, struct policy *p)
{
	int64_t hold_ms = h->own ? 0 : policy_hold(p, h->class, f->stress.on);
	struct words words;

	h->step = HELD_HOLD;
	if (hold_ms == 0) {
		h->waited_ms = 0;
		line_up(f, h, VERDICT_EXEMPT);
		watch(f, h);
	} else if (h->talked) {
		talk_peek(&words, h->fd);
		judge_talk(f, h, &words);
	} else if (is_known(f, h, p)) {
		if (is_silent(f, h, POLLIN)) {
			line_up(f, h, VERDICT_KNOWN);
			watch(f, h);
		}
	} else {
		tease(&p->verdict, h);
		/* Those who talk at once have done so by now: nothing has to be waited for. */
		if (is_silent(f, h, POLLIN)) {
			heap_set(&f->clients.heap, &h->due, h->accepted_ms + hold_ms);
			lists_ask(f, h, p, hold_ms);
			watch(f, h);
			held_news(f, h);
		}
	}
}

/* Counts it among its network's connections, there alone. Returns 0 where that makes too many. */
static int
is_within_limit(struct front *f, struct held *h, const struct policy *p)
{
	struct network network;

	peers_leave(&f->clients.peers, h->peer);
	h->peer = NULL;
	if (p->per_client == 0 || h->own)
		return 1;
	policy_network(p, &h->address, &network);
	h->peer = peers_enter(&f->clients.peers, &network);
	return h->peer == NULL || h->peer->n <= (size_t)p->per_client;
}

void
held_news(struct front *f, struct held *h)
{
	char why[REASON_MAX];
	struct policy *p;

	if (h->step != HELD_HOLD && h->step != HELD_TURN)
		return;
	p = terms_of(&f->terms, &h->rule, why);
	if (p != NULL && lists_news(f, h, p) && h->step == HELD_HOLD)
		end_hold(f, h);
}

/* The name is there, or will not come: the rule is looked for, and says what holds for it. */
static void
settle(struct front *f, struct held *h)
{
	char ip[ADDRESS_SIZE], why[REASON_MAX];
	const char *host = h->host != NULL ? h->host : "";
	struct policy *p;
	struct local local;

	if (!terms_rule(&f->terms, address_ip(&h->address, ip), host, &h->rule, why)) {
		farewell_later(f, h, why);
		return;
	}
	if (rule_denies(&h->rule)) {
		connection_log("deny", getpid(), h, connection_local(f, h, &local));
		front_count(f, h, COUNT_DENY);
		clients_remove(&f->clients, h);
		return;
	}
	p = terms_of(&f->terms, &h->rule, why);
	if (p == NULL || !terms_class(&f->terms, p, host, &h->class, why))
		farewell_later(f, h, why);
	else if (!is_within_limit(f, h, p))
		farewell_too_many(f, h);
	else
		begin_hold(f, h, p);
}

/* From now on the client is the one that h->address says. */
static void
begin(struct front *f, struct held *h)
{
	const struct options *o = f->options;

	h->step = HELD_NAME;
	h->accepted_ms = f->now_ms;
	if (o->ask_names && !h->own) {
		if (o->local == NULL && h->ends == NULL)	/* its name may be asked for meanwhile, too */
			locals_find(&f->locals, h->fd, &f->names);
		/* Names come from strangers' servers, which may let any number of clients wait. */
		if (is_within_limit(f, h, f->terms.usual))
			h->question = names_ask(&f->names, &h->address, h);
	}
	if (h->question == NULL) {
		settle(f, h);
		return;
	}
	heap_set(&f->clients.heap, &h->due, h->accepted_ms + o->dns_timeout_ms);
	if (h->watched)		/* what came with its PROXY header will be no event */
		is_silent_now(f, h);
	else
		watch(f, h);
}

static void
hear_balancer(struct front *f, struct held *h)
{
	char why[REASON_MAX];

	switch (balancer_hear(h, why)) {
	case INTRODUCTION_MORE:
		break;
	case INTRODUCTION_OWN:
		h->own = 1;
		begin(f, h);
		break;
	case INTRODUCTION_DONE:
		begin(f, h);
		break;
	case INTRODUCTION_GONE:
		farewell_hangup(f, h);
		break;
	case INTRODUCTION_BAD:
		farewell_later(f, h, why);
		break;
	}
}

void
held_begin(struct front *f, struct held *h)
{
	const struct options *o = f->options;

	h->step = HELD_PROXY;
	h->accepted_ms = f->now_ms;
	if (f->ending) {
		held_end(f, h);
		return;
	}
	if (!balancers_have(&o->balancers, &h->address)) {
		begin(f, h);
		return;
	}
	heap_set(&f->clients.heap, &h->due, h->accepted_ms + o->proxy_timeout_ms);
	watch(f, h);
}

void
held_named(struct front *f, struct held *h, char *host)
{
	h->question = NULL;
	h->host = host;
	settle(f, h);
}

void
held_event(struct front *f, struct held *h, unsigned events)
{
	h->closed |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
	switch (h->step) {
	case HELD_PROXY:
		hear_balancer(f, h);
		break;
	case HELD_NAME:
	case HELD_HOLD:
	case HELD_TURN:
		/* Others may talk, but who has left without a word needs no program. */
		if (held_must_be_silent(h) || talk_judge(h->fd, (short)events) == TALK_HANGUP)
			is_silent(f, h, (short)events);
		break;
	case HELD_DRAIN:
		farewell_drain(f, h);
		break;
	case HELD_FREE:			/* earlier in this round */
		break;
	}
}

void
held_due(struct front *f, struct held *h)
{
	char why[REASON_MAX];

	switch (h->step) {
	case HELD_PROXY:
		reason(why, "PROXY header: %s", balancer_late(h));
		farewell_later(f, h, why);
		break;
	case HELD_NAME:
		names_forget(&h->question);
		settle(f, h);
		break;
	case HELD_HOLD:
		if (lists_let_in(f, h, 0))
			end_hold(f, h);
		break;
	default:
		farewell_drain(f, h);
		break;
	}
}

void
held_start(struct front *f, struct held *h)
{
	/* What has come by now is early talk too, though the hold is over. */
	if (held_must_be_silent(h) && !is_silent_now(f, h))
		return;
	if (held_must_be_silent(h))
		h->waited_ms = f->now_ms - h->accepted_ms;
	if (lists_let_in(f, h, 1))
		launch(f, h);
}

void
held_end(struct front *f, struct held *h)
{
	if (h->step == HELD_DRAIN || h->step == HELD_FREE)
		return;
	front_count(f, h, COUNT_LATER);
	farewell_reply(f, h, reply_later);
}
