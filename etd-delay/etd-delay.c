/*
 * etd-delay: hold a client silent for a few seconds before its SMTP session.
 * Who speaks first is refused and the next program never starts; see etd-delay(8).
 *
 * Descriptors 0 and 1 are the client, 2 the log. Settings come from the
 * environment (ETD_*, RELAYCLIENT, RBLSMTPD), the client from the server's variables.
 * Exits 0 after a refusal or a hangup, 100 for bad usage or configuration, 111 for a
 * temporary failure; otherwise becomes the next program.
 */
#include <string.h>

#include "chain.h"
#include "giveup.h"
#include "hold.h"
#include "log.h"
#include "number.h"
#include "reply.h"
#include "verdict.h"

static _Noreturn void
go_on(char *const *argv, const struct outcome *o, const char *rblsmtpd)
{
	struct chain next = { 0 };
	char waited[NUMBER_SECONDS_SIZE];

	chain_set(&next, "ETD_RESULT", verdict_names[o->verdict]);
	chain_set(&next, "ETD_WAITED", number_seconds_text(waited, o->waited_ms));
	chain_set(&next, "ETD_CLASS", o->class);
	if (rblsmtpd != NULL)
		chain_set(&next, "RBLSMTPD", rblsmtpd);
	chain_exec(&next, argv);
	giveup(111, "unable to run %s: %m", argv[0]);
}

/* The first line of a greeting that the next program's own 220 completes (RFC 5321 4.2). Some
   clients talk at once on seeing it. */
static void
tease(const struct verdict_settings *v)
{
	char line[TEASER_MAX + 1];
	size_t len = verdict_teaser(v, line);

	if (len > 0)
		reply_send(1, line, len);
}

static void
hold(int64_t hold_ms, struct outcome *o)
{
	enum talk talk = hold_wait(hold_ms, &o->waited_ms);

	/* What has come by now is early talk too, though the hold is over. */
	if (talk == TALK_SILENT)
		talk = talk_look(0);
	switch (talk) {
	case TALK_SILENT:
		o->verdict = VERDICT_PASS;
		break;
	case TALK_EARLY:
		o->verdict = VERDICT_EARLY;
		talk_peek(&o->words, 0);
		break;
	case TALK_HANGUP:
		o->verdict = VERDICT_HANGUP;
		break;
	case TALK_ERROR:
		giveup(111, "unable to watch descriptor 0: %m");
	}
}

static void
refuse(char *const *argv, const struct verdict_settings *v, const struct outcome *o)
{
	struct refusal refusal;

	if (v->action == ACTION_LOG)
		go_on(argv, o, NULL);
	refusal_make(&refusal, v->reply);
	if (v->action == ACTION_RBLSMTPD)
		go_on(argv, o, refusal.listed);
	reply_last(1, refusal.lines, strlen(refusal.lines));
	reply_close(0, 1);
}

/* With -c. The client, who is not there, hears nothing. */
static int
check(struct settings *environment)
{
	struct verdict_settings settings;

	environment->tell = log_error;
	verdict_read(&settings, environment);
	verdict_check_dynamic(&settings, environment);
	return log_checked(environment->bad);
}

static const char synopsis[] = "[ -cqQv ] program [ arg ... ]";

int
main(int argc, char **argv)
{
	static char why[REASON_MAX];	/* the stack is held with the client */
	struct settings environment;
	struct verdict_settings settings;
	struct class_pattern dynamic;
	struct client client;
	struct outcome o = { .verdict = VERDICT_EXEMPT };
	enum class class;
	int64_t hold_ms;
	int only_check;

	log_program = "etd-delay";
	argv += giveup_options(argc, argv, synopsis, &only_check);
	setting_environment(&environment, why);
	if (only_check)
		return check(&environment);
	if (*argv == NULL)
		giveup_usage(synopsis);

	client_find(&client, 0, &environment);
	verdict_read(&settings, &environment);
	class_pattern(&dynamic, settings.dynamic);
	if (environment.bad > 0 || !class_of(&dynamic, client.host, &class, why))
		giveup(100, "%s", why);
	class_free(&dynamic);		/* it would be held with the client */
	o.class = class_names[class];

	hold_ms = verdict_hold(&settings, class);
	if (hold_ms > 0) {
		tease(&settings);
		hold(hold_ms, &o);
	}
	verdict_log(&o, &client);
	if (o.verdict == VERDICT_PASS || o.verdict == VERDICT_EXEMPT)
		go_on(argv, &o, NULL);
	if (o.verdict == VERDICT_EARLY)
		refuse(argv, &settings, &o);
	return 0;
}
