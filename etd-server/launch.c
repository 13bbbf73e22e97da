/*
 * launch: a client's program. See launch.h.
 */
#include "launch.h"

#include "connection.h"
#include "farewell.h"
#include "lists.h"
#include "terms.h"

/* Whether rblsmtpd is to refuse it, and how. */
static int
refuse_later(struct front *f, const struct held *h, struct policy *p, struct refusal *refusal)
{
	if (h->listed && p->score.action == ACTION_RBLSMTPD)
		lists_refusal(f, h, p, refusal);
	else if (h->verdict == VERDICT_EARLY && p->verdict.action == ACTION_RBLSMTPD)
		refusal_make(refusal, p->verdict.reply);
	else
		return 0;
	return 1;
}

/* Returns its process, or -1 with why. */
static pid_t
start(struct front *f, const struct held *h, const struct local *local, const char *rblsmtpd,
    char why[REASON_MAX])
{
	struct chain chain = { 0 };
	char *env[CHAIN_ALL], wrong[REASON_MAX];
	pid_t pid = -1;

	if (!connection_set(&chain, h, local, rblsmtpd, wrong)) {
		reason(why, "its rule %s", wrong);
		return -1;
	}
	listen_widen(&f->listen, h->fd);
	if (chain_environment(&chain, env))
		pid = programs_start(&f->programs, h->fd, env, h->peer);
	if (pid == -1)
		reason(why, "unable to run %s: %m", f->programs.argv[0]);
	return pid;
}

/* A client that has as many connections as it may is not trusted with that, nor one of which a list has
   said nothing: the lists are not asked about those that are remembered. */
static void
remember(struct front *f, const struct held *h, struct policy *p)
{
	struct network network;

	if (h->verdict != VERDICT_PASS || !p->remember ||
	    (h->peer != NULL && h->peer->n >= (size_t)p->per_client) ||
	    !lists_have_answered(f, h, p))
		return;
	policy_network(p, &h->address, &network);
	passed_add(&f->passed, &network, p->passed_s);
}

static void
report(struct front *f, const struct held *h)
{
	enum count_end end = h->verdict == VERDICT_PASS ? COUNT_PASS :
	    h->verdict == VERDICT_KNOWN ? COUNT_KNOWN : COUNT_EXEMPT;

	connection_log_verdict(h, h->verdict, NULL);
	front_count(f, h, end);
	if (end == COUNT_PASS)
		counts_wait(&f->counts, COUNT_WAIT_PASS, h->waited_ms);
}

void
launch(struct front *f, struct held *h)
{
	char why[REASON_MAX];
	struct refusal refusal;
	struct local named;
	const struct local *local;
	const char *rblsmtpd = NULL;
	struct policy *p = terms_of(&f->terms, &h->rule, why);
	pid_t pid = -1;

	/* In this order: to find the local name may ask DNS, and a list's answer may end with that. */
	if (p != NULL && refuse_later(f, h, p, &refusal))
		rblsmtpd = refusal.listed;
	local = connection_local(f, h, &named);
	if (p != NULL)
		pid = start(f, h, local, rblsmtpd, why);
	if (pid == -1) {
		farewell_later(f, h, why);
		return;
	}
	if (h->verdict != VERDICT_EARLY && h->verdict != VERDICT_LISTED)	/* which have had their line */
		report(f, h);
	connection_log("ok", pid, h, local);
	remember(f, h, p);
	h->peer = NULL;		/* the program has it now */
	clients_remove(&f->clients, h);
}
