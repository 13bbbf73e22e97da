/*
 * etd-connect: connect a client to one of the backends that backends.cdb lists, and relay;
 * or run a program that talks to both. See etd-connect(8).
 *
 * Descriptors 0 and 1 are the client, 2 the log; the program gets the backend on 6 and 7.
 * Settings come from the environment (ETD_*, UID, GID), the client from the server's
 * variables. Exits 0 after a session or a refusal, 100 for bad usage or configuration, 111 when
 * there was no backend to be had or for another temporary failure; the client is told 421 then.
 */
#include <string.h>

#include "check.h"
#include "giveup.h"
#include "line.h"
#include "log.h"
#include "nudge.h"
#include "privilege.h"
#include "program.h"
#include "reply.h"
#include "report.h"
#include "stdfds.h"

/* These are too large for a stack. */
static struct session s;
static struct relay r;
static char why[REASON_MAX];

/* The client has talked out of turn. Returns 1 where it may go on all the same. */
static int
answer(const struct config *c, const char *step, const struct words *words)
{
	struct refusal refusal;

	report_early(&s, c, step, words);
	if (c->answer.action == ACTION_LOG)
		return 1;
	line_finish(&r);
	refusal_make(&refusal, strcmp(step, "helo") == 0 ? c->helo_reply : c->answer.reply);
	reply_last(1, refusal.lines, strlen(refusal.lines));
	reply_close(0, 1);
	return 0;
}

/* The same where it has just been found out. */
static int
answer_greeting(const struct config *c)
{
	struct words words;

	talk_peek(&words, 0);
	return answer(c, "greeting", &words);
}

/* Tries one backend after the other. Returns how the last one was found, or TRIED_GONE where
   the session is over. */
static enum tried
find(const struct config *c)
{
	enum tried tried;

	while ((tried = session_try(&s, c, why)) == TRIED_FAILED) {
		report_failed(&s);
		/* Unless it was this host's fault, checkd shall look at it. */
		if (session_last(&s)->fd != -1)
			nudge(s.pick.list.path, session_last(&s)->record.name);
	}
	switch (tried) {
	case TRIED_NONE:
		report_none(&s);
		giveup_reply(111, "421 4.3.2 no mail server available\r\n");
	case TRIED_ERROR:
		giveup(111, "%s", why);
	case TRIED_TALK:
		answer_greeting(c);
		return TRIED_GONE;
	case TRIED_GONE:
		report_end(&s, &r);
		break;
	default:
		break;
	}
	return tried;
}

/* From here on strangers' bytes go through this process, and it needs no privilege any more. */
static void
relay(const struct config *c, enum tried found)
{
	if (!privilege_forbid_new(why) || !privilege_drop(why))
		giveup(111, "%s", why);
	relay_begin(&r, session_last(&s)->fd, c->sync);
	while (!relay_run(&r, c->idle_ms)) {
		if (!answer(c, sync_step(&r.sync), &r.words)) {
			r.state = "PR";
			break;
		}
		relay_allow(&r);
	}
	s.state = found == TRIED_LATER && r.out.bytes > 0 ? "SQ" : r.state;
	report_end(&s, &r);
}

static void
run(const struct config *c, char *const *argv)
{
	if (c->sync != SYNC_OFF && talk_look(0) == TALK_EARLY && !answer_greeting(c))
		return;
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
	enum tried found;
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
	config_read(&config, &environment, argv[1] == NULL);
	if (environment.bad > 0)
		giveup(100, "%s", why);
	session_begin(&s, &config);
	if (!pick_open(&s.pick, argv[0], config.balance, s.client.ip, why))
		giveup(111, "%s", why);
	/* What root can do for the backends' sockets comes before the account. */
	if (config.account.wanted &&
	    (!session_prepare(&s, &config, why) || !account_become(&config.account, why)))
		giveup(111, "%s", why);
	found = find(&config);
	if (found == TRIED_GONE)
		return 0;
	if (argv[1] != NULL)
		run(&config, argv + 1);
	else
		relay(&config, found);
	return 0;
}
