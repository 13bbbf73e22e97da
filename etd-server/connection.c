/*
 * connection: what tcpserver and etd-delay would set and say of a client's connection. See connection.h.
 */
#include "connection.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "number.h"
#include "ucspi.h"

enum { OWN = 4 };	/* variables of the verdict: they come after the rule's, and must have a place */

/* A rule may also replace what is set already, which takes no place. */
static int
set_rule(struct chain *c, const struct rule *rule, char why[REASON_MAX])
{
	int room = CHAIN_SETS - OWN - c->n;

	for (const char *v = NULL; (v = rule_variable(rule, v)) != NULL;)
		if (!chain_put(c, v) || c->n > CHAIN_SETS - OWN)
			return reason(why, "sets more variables than the %d that fit", room);
	return 1;
}

int
connection_set(struct chain *c, const struct held *h, const struct local *local, const char *rblsmtpd,
    char why[REASON_MAX])
{
	struct ucspi ends = { .remote = &h->address, .remote_host = h->host };
	char waited[NUMBER_SECONDS_SIZE];

	if (local != NULL) {
		ends.local = &local->address;
		ends.local_host = local->host;
	}
	ucspi_set(c, &ends);
	chain_set(c, "LISTEN_PID", NULL);	/* see sd_listen_fds(3): they were this process's */
	chain_set(c, "LISTEN_FDS", NULL);
	chain_set(c, "LISTEN_FDNAMES", NULL);
	if (!set_rule(c, &h->rule, why))
		return 0;
	chain_set(c, "ETD_RESULT", verdict_names[h->verdict]);
	chain_set(c, "ETD_WAITED", number_seconds_text(waited, h->waited_ms));
	chain_set(c, "ETD_CLASS", class_names[h->class]);
	if (rblsmtpd != NULL)
		chain_set(c, "RBLSMTPD", rblsmtpd);
	return 1;
}

const struct local *
connection_local(struct front *f, const struct held *h, struct local *named)
{
	const struct options *o = f->options;
	int ask = o->local == NULL && o->ask_names;
	const struct local *local;

	if (h->ends != NULL) {
		*named = (struct local){ .address = h->ends->to, .host = (char *)o->local };
		return named;
	}
	local = locals_find(&f->locals, h->fd, ask ? &f->names : NULL);

	if (local == NULL || o->local == NULL)
		return local;
	*named = (struct local){ .address = local->address, .host = (char *)o->local };
	return named;
}

static void
describe(const struct held *h, struct client *c)
{
	client_at(c, &h->address);
	c->host = h->host != NULL ? h->host : "";
}

void
connection_log_verdict(const struct held *h, enum verdict verdict, const struct words *words)
{
	struct outcome o = { .verdict = verdict, .waited_ms = h->waited_ms };
	struct client c;

	o.class = h->step < HELD_HOLD ? "" : class_names[h->class];
	if (words != NULL)
		o.words = *words;
	describe(h, &c);
	verdict_log(&o, &c);
}

void
connection_log_limit(const struct held *h, const char *reason)
{
	struct client c;
	struct logfmt l;

	describe(h, &c);
	log_begin(&l, "limit");
	client_log(&l, &c);
	logfmt_text(&l, "reason", reason);
	log_end(&l, LOG_PROBLEM);
}

void
connection_log_listed(const struct held *h, const struct score *s, enum action action)
{
	char zones[512] = "";
	struct logfmt l;
	struct client c;
	size_t len = 0;

	for (int i = 0; i < s->n && len < sizeof zones; i++)
		len += (size_t)snprintf(zones + len, sizeof zones - len, "%s%s", i > 0 ? "," : "",
		    s->zones[i]->shown);
	describe(h, &c);
	log_begin(&l, verdict_names[VERDICT_LISTED]);
	client_log(&l, &c);
	logfmt_text(&l, "host", c.host);
	logfmt_number(&l, "score", s->points);
	logfmt_text(&l, "zones", zones);
	logfmt_text(&l, "action", action_names[action]);
	logfmt_text(&l, "class", class_names[h->class]);
	logfmt_seconds(&l, "waited", h->waited_ms);
	log_end(&l, LOG_PROBLEM);
}

void
connection_log(const char *what, pid_t pid, const struct held *h, const struct local *local)
{
	char line[1024], here[ADDRESS_SIZE] = "", remote[ADDRESS_SIZE];
	struct logfmt l;

	if (!log_wants(LOG_ALL))
		return;
	if (local != NULL)
		address_ip(&local->address, here);
	snprintf(line, sizeof line, " %ld %s:%s:%u %s:%s::%u", (long)pid,
	    local != NULL && local->host != NULL ? local->host : "", here,
	    local != NULL ? address_port(&local->address) : 0,
	    h->host != NULL ? h->host : "", address_ip(&h->address, remote),
	    address_port(&h->address));
	log_begin(&l, what);
	logfmt_escape(&l, line, strlen(line));
	log_end(&l, LOG_ALL);
}
