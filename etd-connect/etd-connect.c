/*
 * etd-connect: connect a client to one of the backends that backends.cdb lists, and relay;
 * or run a program that talks to both. See etd-connect(8).
 *
 * Descriptors 0 and 1 are the client, 2 the log; the program gets the backend on 6 and 7.
 * Settings come from the environment (ETD_*, UID, GID), the client from the server's
 * variables. Exits 0 after a session or a refusal, 100 for bad usage or configuration, 111 if
 * there was no backend to be had or for another temporary failure; the client is told 421 then.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "candidates.h"
#include "check.h"
#include "clock.h"
#include "config.h"
#include "giveup.h"
#include "log.h"
#include "nudge.h"
#include "privilege.h"
#include "program.h"
#include "reply.h"
#include "report.h"
#include "stdfds.h"

/* These are too large for a stack. */
static struct session s;
static struct candidates candidates;
static struct buffer room[2];
static char why[REASON_MAX];

/* Waits for the client and the backend. If that fails, a client without a backend is given up. */
static enum session_news
wait_and_go_on(void)
{
	struct pollfd fds[RELAY_FDS];
	int ready;

	session_waits(&s, fds);
	do
		ready = poll(fds, RELAY_FDS, clock_left(session_due(&s)));
	while (ready == -1 && errno == EINTR);
	if (ready == -1 && s.step != SESSION_RELAYS)
		giveup(111, "unable to wait for %s: %m", s.backend.name);
	if (ready == -1) {
		session_end(&s, "RD");
		return SESSION_OVER;
	}
	return session_go_on(&s, fds, clock_ms());
}

/* The client has talked out of turn. Returns 1 if it may go on all the same; otherwise it is told. */
static int
answer(const struct config *c)
{
	int is_helo = strcmp(session_turn(&s), "helo") == 0;
	enum session_news news;
	struct refusal refusal;

	report_early(&s, clock_ms());
	if (c->answer.action == ACTION_LOG)
		return 1;
	for (news = session_refuse(&s, clock_ms()); news == SESSION_WAITS;)
		news = wait_and_go_on();
	if (sync_is_in_line(&s.relay.sync))
		reply_send(1, "\r\n", 2);
	refusal_make(&refusal, is_helo ? c->helo_reply : c->answer.reply);
	reply_last(1, refusal.lines, strlen(refusal.lines));
	reply_close(0, 1);
	return 0;
}

/* One backend, until it is found or has failed. */
static enum session_news
try(const struct candidate *c)
{
	enum session_news news = session_try(&s, &c->record, c->fd, c->error, clock_ms(), why);

	while (news == SESSION_WAITS)
		news = wait_and_go_on();
	return news;
}

/* Tries one backend after the other. Returns 1 if one is found, or 0 if the session is over. */
static int
find(const struct config *config)
{
	const struct candidate *c;
	enum picked picked = PICKED_NONE;

	while (session_may_try(&s, clock_ms()) &&
	    (picked = candidates_next(&candidates, &c, why)) == PICKED_ONE)
		switch (try(c)) {
		case SESSION_FOUND:
			return 1;
		case SESSION_BAD:
			giveup(111, "%s", why);
		case SESSION_TALKS:
			answer(config);
			return 0;
		case SESSION_OVER:
			report_end(&s, clock_ms());
			return 0;
		default:
			report_failed(&s);
			/* Unless it was this host's fault, ask checkd to probe it. */
			if (s.fd != -1)
				nudge(candidates.pick.list.path, s.backend.name);
			picked = PICKED_NONE;
		}
	if (picked == PICKED_ERROR)
		giveup(111, "%s", why);
	if (session_settle(&s))
		return 1;
	report_none(&s);
	giveup_reply(111, "421 4.3.2 no mail server available\r\n");
}

/* From here on strangers' bytes go through this process, and it needs no privilege any more. */
static void
relay(const struct config *c)
{
	struct buffers buffers = { 0 };
	enum session_news news;

	if (!privilege_forbid_new(why) || !privilege_drop(why))
		giveup(111, "%s", why);
	signal(SIGPIPE, SIG_IGN);	/* for pipes, and splice has no MSG_NOSIGNAL: no program comes after this */
	buffers_give(&buffers, &room[0]);
	buffers_give(&buffers, &room[1]);
	session_relay(&s, &buffers, clock_ms());
	while ((news = wait_and_go_on()) != SESSION_OVER)
		if (news == SESSION_TALKS) {
			if (!answer(c))
				break;
			session_allow(&s);
		}
	if (news == SESSION_OVER && !s.relay.in.eof)
		reply_close(0, 1);	/* what the client still sends must not cost it the last reply */
	report_end(&s, clock_ms());
}

static void
run(const struct config *c, char *const *argv)
{
	if (c->terms.sync != SYNC_OFF && s.finding->judged && talk_look(0) == TALK_EARLY) {
		talk_peek(&s.relay.words, 0);
		if (!answer(c))
			return;
	}
	report_connected(&s);
	program_run(&s, argv, why);
	giveup(111, "%s", why);
}

static const char synopsis[] = "[ -cqQv ] backends.cdb [ program [ arg ... ] ]";

int
main(int argc, char **argv)
{
	struct settings environment;
	struct config config;
	struct finding finding;
	int only_check;

	stdfds_fill();
	log_program = "etd-connect";
	argv += giveup_options(argc, argv, synopsis, &only_check);
	if (argv[0] == NULL)
		giveup_usage(synopsis);

	setting_environment(&environment, why);
	if (only_check)
		return check(&environment, argv[0], argv[1] == NULL);
	client_find(&s.client, 0, &environment);
	client_ends(&s.client, 0, &environment, &s.from, &s.to);
	s.fds[1] = 1;
	config_read(&config, &environment, argv[1] == NULL);
	finding_read(&finding, &environment);
	if (environment.bad > 0)
		giveup(100, "%s", why);
	session_begin(&s, &config.terms, &finding, clock_ms());
	candidates.from = s.from;
	candidates.most = config.tries;
	if (!pick_open(&candidates.pick, argv[0], config.balance, s.client.ip, why))
		giveup(111, "%s", why);
	/* What root can do for the backends' sockets comes before the account. */
	if (config.account.wanted &&
	    (!candidates_prepare(&candidates, why) || !account_become(&config.account, why)))
		giveup(111, "%s", why);
	if (!find(&config))
		return 0;
	candidates_end(&candidates);
	if (argv[1] != NULL)
		run(&config, argv + 1);
	else
		relay(&config);
	return 0;
}
