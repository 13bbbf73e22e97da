/*
 * held: one client's way from accept to the program's start. See held.h.
 */
#include "held.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "connection.h"
#include "log.h"
#include "reply.h"
#include "terms.h"

enum { LOOK_MS = 100 };	/* at an answered client, for the first time */

static void
describe(const struct held *h, struct client *c)
{
	address_ip(&h->address, c->ip);
	snprintf(c->port, sizeof c->port, "%u", address_port(&h->address));
	c->host = h->host != NULL ? h->host : "";
}

static void
say(const struct held *h, enum verdict verdict, const struct words *words)
{
	struct outcome o = { .verdict = verdict, .waited_ms = h->waited_ms };
	struct client c;

	o.class = h->step == HELD_NAME ? "" : class_names[h->class];
	if (words != NULL)
		o.words = *words;
	describe(h, &c);
	verdict_log(&o, &c);
}

/* What an answered client still sends must not cost it the reply. It is looked at seldom, and less and
   less so: most have closed when it is looked at first, and nothing has been done for them until then. */
static void
hear_out(struct front *f, struct held *h)
{
	int64_t so_far_ms = f->now_ms - h->answered_ms;

	if (!reply_drain(h->fd, &h->drain) || h->closed || so_far_ms >= REPLY_DRAIN_MS)
		clients_remove(&f->clients, h);
	else
		heap_set(&f->clients.heap, &h->due, f->now_ms + LOOK_MS + so_far_ms);
}

/* The last words to it, which are sure to arrive. */
static void
dismiss(struct front *f, struct held *h, const char *reply, size_t len)
{
	if (h->step == HELD_TURN)
		clients_leave_line(&f->clients, h);
	names_forget(&h->question);
	reply_last(h->fd, reply, len);
	reply_end(h->fd);
	h->step = HELD_DRAIN;
	h->answered_ms = f->now_ms;
	h->drain = REPLY_DRAIN_BYTES;
	hear_out(f, h);
}

/* It is not the client's fault. */
static void
put_off(struct front *f, struct held *h, const char *why)
{
	char ip[ADDRESS_SIZE];

	log_warning("%s: %s", address_ip(&h->address, ip), why);
	dismiss(f, h, reply_later, strlen(reply_later));
}

static void
leave(struct front *f, struct held *h)
{
	if (h->step != HELD_TURN || h->verdict == VERDICT_PASS)
		h->waited_ms = f->now_ms - h->accepted_ms;
	say(h, VERDICT_HANGUP, NULL);
	clients_remove(&f->clients, h);
}

/* It may go on as soon as there is a program for it. */
static void
line_up(struct front *f, struct held *h, enum verdict verdict)
{
	heap_remove(&f->clients.heap, &h->due);
	h->verdict = verdict;
	clients_line_up(&f->clients, h);
}

/* It has talked, h->waited_ms after it came. */
static void
judge_talk(struct front *f, struct held *h, const struct words *words)
{
	char why[REASON_MAX];
	struct verdict_settings *v = terms_of(&f->terms, &h->rule, why);
	struct refusal refusal;

	if (v == NULL) {
		put_off(f, h, why);
		return;
	}
	say(h, VERDICT_EARLY, words);
	if (v->action != ACTION_REJECT) {
		if (h->step == HELD_TURN)
			h->verdict = VERDICT_EARLY;	/* it keeps its place */
		else
			line_up(f, h, VERDICT_EARLY);
		return;
	}
	refusal_make(&refusal, v->reply);
	dismiss(f, h, refusal.lines, strlen(refusal.lines));
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
		leave(f, h);
		break;
	}
	return 0;
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
		put_off(f, h, "unable to watch it");
}

static void
begin_hold(struct front *f, struct held *h, const struct verdict_settings *v)
{
	int64_t hold_ms = verdict_hold(v, h->class);
	struct words words;

	h->step = HELD_HOLD;
	if (hold_ms == 0) {
		h->waited_ms = 0;
		line_up(f, h, VERDICT_EXEMPT);
		watch(f, h);
	} else if (h->talked) {
		talk_peek(&words, h->fd);
		judge_talk(f, h, &words);
	} else {
		tease(v, h);
		heap_set(&f->clients.heap, &h->due, h->accepted_ms + hold_ms);
		/* Those who talk at once have done so by now, and need not be watched. */
		if (is_silent(f, h, POLLIN))
			watch(f, h);
	}
}

/* At which address it came in; its name is -l's, where that was given. */
static const struct local *
find_local(struct front *f, const struct held *h, struct local *named)
{
	const struct options *o = f->options;
	int ask = o->local == NULL && o->ask_names;
	const struct local *local = locals_find(&f->locals, h->fd, ask ? &f->names : NULL);

	if (local == NULL || o->local == NULL)
		return local;
	*named = (struct local){ .address = local->address, .host = (char *)o->local };
	return named;
}

/* The name is there, or will not come: the rule is looked for, and says what holds for it. */
static void
settle(struct front *f, struct held *h)
{
	char ip[ADDRESS_SIZE], why[REASON_MAX];
	const char *host = h->host != NULL ? h->host : "";
	struct verdict_settings *v;
	struct local local;

	if (!terms_rule(&f->terms, address_ip(&h->address, ip), host, &h->rule, why)) {
		put_off(f, h, why);
		return;
	}
	if (rule_denies(&h->rule)) {
		connection_log("deny", getpid(), h, find_local(f, h, &local));
		clients_remove(&f->clients, h);
		return;
	}
	v = terms_of(&f->terms, &h->rule, why);
	if (v == NULL || !class_of(&v->dynamic, host, &h->class, why))
		put_off(f, h, why);
	else
		begin_hold(f, h, v);
}

void
held_begin(struct front *f, struct held *h)
{
	const struct options *o = f->options;

	h->step = HELD_NAME;
	h->accepted_ms = f->now_ms;
	if (o->ask_names) {
		if (o->local == NULL)	/* its name may be asked for meanwhile, too */
			locals_find(&f->locals, h->fd, &f->names);
		h->question = names_ask(&f->names, &h->address, h);
	}
	if (h->question == NULL) {
		settle(f, h);
		return;
	}
	heap_set(&f->clients.heap, &h->due, h->accepted_ms + o->dns_timeout_ms);
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
	case HELD_NAME:
	case HELD_HOLD:
		is_silent(f, h, (short)events);
		break;
	case HELD_TURN:
		/* Others may talk, but who has left without a word needs no program. */
		if (h->verdict == VERDICT_PASS || talk_judge(h->fd, (short)events) == TALK_HANGUP)
			is_silent(f, h, (short)events);
		break;
	case HELD_DRAIN:
		hear_out(f, h);
		break;
	case HELD_FREE:			/* earlier in this round */
		break;
	}
}

void
held_due(struct front *f, struct held *h)
{
	switch (h->step) {
	case HELD_NAME:
		names_forget(&h->question);
		settle(f, h);
		break;
	case HELD_HOLD:
		if (is_silent(f, h, POLLIN))
			line_up(f, h, VERDICT_PASS);
		break;
	default:
		hear_out(f, h);
		break;
	}
}

/* Starts it. Returns its process, or -1 with why. */
static pid_t
start(struct front *f, const struct held *h, const struct local *local, char why[REASON_MAX])
{
	struct verdict_settings *v = terms_of(&f->terms, &h->rule, why);
	struct refusal refusal;
	struct chain chain = { 0 };
	char *env[CHAIN_ALL];
	int is_listed = h->verdict == VERDICT_EARLY && v != NULL && v->action == ACTION_RBLSMTPD;
	pid_t pid = -1;

	if (v == NULL)
		return -1;
	if (is_listed)
		refusal_make(&refusal, v->reply);
	if (!connection_set(&chain, h, local, is_listed ? refusal.listed : NULL)) {
		reason(why, "its rule sets more variables than the %d that fit", CHAIN_SETS);
		return -1;
	}
	if (chain_environment(&chain, env))
		pid = programs_start(&f->programs, h->fd, env);
	if (pid == -1)
		reason(why, "unable to run %s: %m", f->programs.argv[0]);
	return pid;
}

void
held_start(struct front *f, struct held *h)
{
	char why[REASON_MAX];
	struct local named;
	const struct local *local;
	pid_t pid;

	/* What has come by now is early talk too, though the hold is over. */
	if (h->verdict == VERDICT_PASS && !is_silent(f, h, POLLIN))
		return;
	if (h->verdict == VERDICT_PASS)
		h->waited_ms = f->now_ms - h->accepted_ms;
	local = find_local(f, h, &named);
	pid = start(f, h, local, why);
	if (pid == -1) {
		put_off(f, h, why);
		return;
	}
	if (h->verdict != VERDICT_EARLY)
		say(h, h->verdict, NULL);
	connection_log("ok", pid, h, local);
	clients_hand_over(&f->clients, h);
}

void
held_end(struct front *f, struct held *h)
{
	if (h->step != HELD_DRAIN && h->step != HELD_FREE)
		dismiss(f, h, reply_later, strlen(reply_later));
}
