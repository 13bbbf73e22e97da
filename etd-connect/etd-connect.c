/*
 * etd-connect: connect a client to one of the backends that backends.cdb lists, and relay;
 * or run a program that talks to both. See etd-connect(8).
 *
 * Descriptors 0 and 1 are the client, 2 the log; the program gets the backend on 6 and 7.
 * Settings come from the environment (ETD_*, UID, GID), the client from the server's
 * variables. Exits 0 after a session, 100 for bad usage or configuration, 111 when there
 * was no backend to be had or for what else may be well later; the client is told 421 then.
 */
#include <stdlib.h>

#include "account.h"
#include "clock.h"
#include "program.h"
#include "relay.h"
#include "report.h"
#include "session.h"
#include "setting.h"
#include "stdfds.h"

struct config {
	enum balance balance;
	int64_t idle_ms;
	struct account account;
};

static void
config_read(struct config *c, struct session *s)
{
	const char *balance = getenv("ETD_BALANCE");

	c->balance = PICK_ROUNDROBIN;
	if (balance != NULL && !pick_balance(balance, &c->balance))
		client_giveup(100, "ETD_BALANCE=%s: not roundrobin, random, source or first", balance);
	c->idle_ms = setting_seconds("ETD_IDLE_TIMEOUT", 1800000, 0, 86400000);
	s->tries_max = setting_number("ETD_TRIES", 3, 1, PICK_TRIES_MAX);
	s->connect_timeout_ms = setting_seconds("ETD_CONNECT_TIMEOUT", 5000, 0, 300000);
	s->greeting_timeout_ms = setting_seconds("ETD_GREETING_TIMEOUT", 30000, 1, 600000);
	account_read(&c->account);
}

static const char synopsis[] = "[ -qQv ] backends.cdb [ program [ arg ... ] ]";

int
main(int argc, char **argv)
{
	static struct session s;	/* these are too large for a stack */
	static struct relay r;
	struct config config;

	stdfds_fill();
	log_program = "etd-connect";
	argv += client_options(argc, argv, synopsis);
	if (argv[0] == NULL)
		client_usage(synopsis);

	s.start_ms = clock_ms();
	client_find(&s.client);
	config_read(&config, &s);
	client_ends(&s.client, &s.from, &s.to);
	pick_open(&s.pick, argv[0], config.balance, s.client.ip);
	if (config.account.wanted) {
		session_prepare(&s);	/* what root can do for the backends' sockets */
		account_become(&config.account);
	}
	switch (session_find(&s)) {
	case FOUND_NONE:
		report_none(&s);
		client_leave(111, "421 4.3.2 no mail server available\r\n");
	case FOUND_GONE:
		report_end(&s, &r);
		return 0;
	case FOUND:
		break;
	}
	if (argv[1] != NULL) {
		report_connected(&s);
		program_run(&s, argv + 1);
	}
	s.state = relay_run(&r, session_last(&s)->fd, config.idle_ms);
	report_end(&s, &r);
	return 0;
}
