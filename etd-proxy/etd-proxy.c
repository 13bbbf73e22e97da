/*
 * etd-proxy: take the PROXY protocol header that a load balancer sends first, and tell the next
 * program who the client is; see etd-proxy(8).
 *
 * Descriptors 0 and 1 are the balancer's connection, 2 the log. Reads ETD_PROXY_TIMEOUT, and the
 * server's variables for who connects, and sets these for the client. Exits 100 for bad usage or
 * configuration, 111 without a good header or for another temporary failure; otherwise becomes the
 * next program.
 */
#include <string.h>

#include "chain.h"
#include "client.h"
#include "giveup.h"
#include "header.h"
#include "log.h"
#include "reply.h"
#include "ucspi.h"

static const char *const commands[] = { "proxy", "local", "unknown" };

/* What the header says of whom; ip and port are those that the next program finds. */
static void
log_header(const struct header *h, const struct client *sender)
{
	const struct proxied *p = &h->proxied;
	struct client client = *sender;
	struct logfmt l;

	if (p->command == PROXIED_CLIENT)
		client_at(&client, &p->from);
	log_begin(&l, "proxy");
	client_log(&l, &client);
	logfmt_text(&l, "from", sender->ip);
	logfmt_number(&l, "version", p->version);
	logfmt_text(&l, "command", commands[p->command]);
	log_end(&l, LOG_ALL);
}

/* Who connects and goes without a word, as a health check may do, is no problem. */
static void
log_bad(const struct header *h, const struct client *sender, const char *why)
{
	struct logfmt l;

	log_begin(&l, "bad");
	client_log(&l, sender);
	logfmt_seconds(&l, "waited", h->waited_ms);
	logfmt_number(&l, "bytes", (int64_t)h->len);
	logfmt_text(&l, "reason", why);
	logfmt_bytes(&l, "text", h->bytes, h->len < sizeof h->bytes ? h->len : sizeof h->bytes);
	log_end(&l, h->silent ? LOG_ALL : LOG_PROBLEM);
}

/* As if the client had come without the balancer. Under another server than one for TCP the
   variables have other names; programs that know TCP's alone find those, too. */
static void
set_variables(struct chain *next, const struct proxied *p, const char *proto)
{
	struct ucspi ends = { .remote = &p->from, .local = &p->to };

	if (p->command != PROXIED_CLIENT)
		return;
	ucspi_set(next, &ends);
	if (proto != NULL && strcmp(proto, "TCP") != 0 && strcmp(proto, "TCP6") != 0) {
		ucspi_set_as(next, proto, &ends);
		chain_set(next, "PROTO", proto);
	}
}

static const char synopsis[] = "[ -cqQv ] program [ arg ... ]";

int
main(int argc, char **argv)
{
	static char why[REASON_MAX];
	static struct header header;
	struct chain next = { 0 };
	struct settings environment;
	struct client sender;
	int64_t timeout_ms;
	int only_check;

	log_program = "etd-proxy";
	argv += giveup_options(argc, argv, synopsis, &only_check);
	setting_environment(&environment, why);
	if (only_check)
		environment.tell = log_error;
	else if (*argv == NULL)
		giveup_usage(synopsis);
	timeout_ms = setting_seconds(&environment, "ETD_PROXY_TIMEOUT", 5000, 1, 60000);
	if (only_check)
		return log_checked(environment.bad);
	if (environment.bad > 0)
		giveup(100, "%s", why);
	client_find(&sender, 0, &environment);
	if (!header_take(&header, 0, timeout_ms, why)) {
		log_bad(&header, &sender, why);
		giveup_reply(111, reply_later);
	}
	log_header(&header, &sender);
	set_variables(&next, &header.proxied, setting_get(&environment, "PROTO"));
	chain_exec(&next, argv);
	giveup(111, "unable to run %s: %m", argv[0]);
}
