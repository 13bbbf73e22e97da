/*
 * config: etd-connect's settings. See config.h.
 */
#include "config.h"

/* Whoever takes over a relay that root runs has the whole host. Whether this is one is asked only
   where UID and GID are good. */
static void
read_account(struct account *a, struct settings *s, int relays)
{
	static const char *const answers[] = { "no", "yes" };
	int allowed = setting_word(s, "ETD_ROOT", answers, 2, "not no or yes");
	int bad = s->bad;

	account_read(a, s);
	if (relays && !allowed && s->bad == bad && account_is_root(a))
		setting_bad(s, "relaying as root is refused: let the server switch to an account "
		    "(-u, -g), or set UID and GID; ETD_ROOT=yes allows it");
}

void
config_read(struct config *c, struct settings *s, int relays)
{
	static const char *const untils[] = { "greeting", "helo", "off" };

	c->balance = (enum balance)setting_word(s, "ETD_BALANCE", pick_balances, PICK_BALANCES,
	    "not roundrobin, random, source or first");
	c->tries = (int)setting_number(s, "ETD_TRIES", 3, 1, PICK_TRIES_MAX);
	c->terms.connect_ms = setting_seconds(s, "ETD_CONNECT_TIMEOUT", 5000, 1, 300000);
	c->terms.greeting_ms = setting_seconds(s, "ETD_GREETING_TIMEOUT", 30000, 0, 600000);
	c->terms.idle_ms = setting_seconds(s, "ETD_IDLE_TIMEOUT", 1800000, 1, 86400000);
	c->terms.sync = (enum sync_until)setting_word(s, "ETD_SYNC", untils, 3,
	    "not greeting, helo or off");
	verdict_read_answer(&c->answer, s);
	c->helo_reply = setting_get(s, "ETD_REPLY") != NULL ? c->answer.reply :
	    "554 5.5.1 Refused: you talked before the reply to your first command";
	c->terms.only_logs = c->answer.action == ACTION_LOG;
	read_account(&c->account, s, relays);
}
