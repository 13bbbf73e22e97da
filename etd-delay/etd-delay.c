/*
 * etd-delay: hold a client silent for a few seconds before its SMTP session.
 * Who speaks first is refused and the next program never starts; see etd-delay(8).
 *
 * Descriptors 0 and 1 are the client, 2 the log. Settings come from the
 * environment (ETD_*, RELAYCLIENT, RBLSMTPD), the client from the server's variables.
 * Exits 0 after a refusal or a hangup, 100 for bad usage or configuration, 111 for what
 * may be well later; otherwise becomes the next program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chain.h"
#include "class.h"
#include "client.h"
#include "early.h"
#include "hold.h"
#include "number.h"
#include "refusal.h"
#include "reply.h"
#include "setting.h"

enum action { REJECT, RBLSMTPD, LOG };

struct config {
	enum class class;
	int64_t delay_ms;		/* for this client's class; 0 is exempt */
	enum action action;
	const char *reply;		/* to an early talker */
};

static enum action
action_read(void)
{
	static const char *const names[] = { "reject", "rblsmtpd", "log" };
	const char *value = getenv("ETD_ACTION");

	if (value == NULL)
		return REJECT;
	for (enum action a = REJECT; a <= LOG; a++)
		if (strcmp(value, names[a]) == 0)
			return a;
	client_giveup(100, "ETD_ACTION=%s: not reject, rblsmtpd or log", value);
}

/* Empty is as unset: tcprules and envdir's files can set, but not unset. */
static int64_t
class_delay(const char *name, int64_t unset_ms)
{
	const char *value = getenv(name);

	return value != NULL && *value == '\0' ? unset_ms : setting_seconds(name, unset_ms, 1, 300000);
}

static int64_t
delay_read(enum class class)
{
	int64_t delay[CLASSES];

	delay[NAMED] = setting_seconds("ETD_DELAY", 6000, 1, 300000);
	delay[DYNAMIC] = class_delay("ETD_DELAY_DYNAMIC", delay[NAMED]);
	delay[NORDNS] = class_delay("ETD_DELAY_NORDNS", delay[NAMED]);
	return delay[class];
}

static void
config_read(struct config *c, const struct client *client)
{
	const char *listed = getenv("RBLSMTPD");

	c->class = class_of(client->host);
	c->delay_ms = delay_read(c->class);
	c->action = action_read();
	c->reply = refusal_read();
	if (getenv("RELAYCLIENT") != NULL)
		c->delay_ms = 0;
	/* rblsmtpd will refuse it already: why hold a socket open for that? */
	if (c->action == RBLSMTPD && listed != NULL && *listed != '\0')
		c->delay_ms = 0;
}

/* One line: event ip= port= host= class= waited=, and for early talk bytes= kind= text=. */
static void
report(const char *event, const struct config *c, const struct client *client,
    const struct hold *hold, const struct early *early)
{
	enum log_level level = early != NULL ? LOG_PROBLEM : LOG_ALL;
	struct logfmt l;

	if (!log_wants(level))
		return;
	log_begin(&l, event);
	client_log(&l, client);
	logfmt_text(&l, "host", client->host);
	logfmt_text(&l, "class", class_names[c->class]);
	logfmt_seconds(&l, "waited", hold->waited_ms);
	if (early != NULL) {
		logfmt_number(&l, "bytes", hold->bytes);
		logfmt_text(&l, "kind", early_kind(early));
		logfmt_bytes(&l, "text", early->text, early->len);
	}
	log_end(&l, level);
}

static _Noreturn void
go_on(char *const *argv, const char *result, const struct config *c, const struct hold *hold,
    const char *rblsmtpd)
{
	struct chain next = { 0 };
	char waited[NUMBER_SECONDS_SIZE];

	chain_set(&next, "ETD_RESULT", result);
	chain_set(&next, "ETD_WAITED", number_seconds_text(waited, hold->waited_ms));
	chain_set(&next, "ETD_CLASS", class_names[c->class]);
	if (rblsmtpd != NULL)
		chain_set(&next, "RBLSMTPD", rblsmtpd);
	chain_exec(&next, argv);
	client_giveup(111, "unable to run %s: %m", argv[0]);
}

/* ETD_TEASER: "220-TEXT", the first line of a greeting that the next program's
   own 220 completes (RFC 5321 4.2). Some clients talk at once on seeing it. */
static void
tease(void)
{
	const char *text = getenv("ETD_TEASER");
	char line[512];
	int len;

	if (text == NULL || *text == '\0')
		return;
	len = snprintf(line, sizeof line, "220-%s\r\n", text);
	for (const char *s = text; *s != '\0'; s++)
		if (*s < ' ' || *s > '~' || len >= (int)sizeof line)
			client_giveup(100, "ETD_TEASER=%s: not one line of printable ASCII", text);
	reply_send(line, (size_t)len);
}

static const char synopsis[] = "[ -qQv ] program [ arg ... ]";

int
main(int argc, char **argv)
{
	struct config c;
	struct client client;
	struct hold hold = { 0 };
	struct early early;
	struct refusal refusal;

	log_program = "etd-delay";
	argv += client_options(argc, argv, synopsis);
	if (*argv == NULL)
		client_usage(synopsis);

	client_find(&client);
	config_read(&c, &client);
	if (c.delay_ms == 0) {
		report("exempt", &c, &client, &hold, NULL);
		go_on(argv, "exempt", &c, &hold, NULL);
	}
	tease();
	hold_wait(&hold, c.delay_ms);
	switch (hold.verdict) {
	case PASS:
		report("pass", &c, &client, &hold, NULL);
		go_on(argv, "pass", &c, &hold, NULL);
	case HANGUP:
		report("hangup", &c, &client, &hold, NULL);
		return 0;
	case EARLY:
		early_peek(&early);
		report("early", &c, &client, &hold, &early);
		if (c.action == LOG)
			go_on(argv, "early", &c, &hold, NULL);
		refusal_make(&refusal, c.reply);
		if (c.action == RBLSMTPD)
			go_on(argv, "early", &c, &hold, refusal.listed);
		reply_send(refusal.lines, strlen(refusal.lines));
		reply_close();
	}
	return 0;
}
