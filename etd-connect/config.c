/*
 * config: etd-connect's settings. See config.h.
 */
#include "config.h"

#include <string.h>

#include "number.h"

/* RFC 5321 4.5.3.2.1 gives a client five minutes for the greeting; ten seconds of them are for
   what came before the hold, such as the reverse name. */
enum { GREETING_BY_MS = 290000, SEARCH_LEAST_MS = 10000 };

static int64_t
search_time(const struct settings *s)
{
	const char *waited = setting_get(s, "ETD_WAITED");
	int64_t held_ms = 0, left_ms;

	/* A client that waited for a program, too, may have been held for longer than a hold lasts. */
	if (waited != NULL)
		number_seconds(waited, 0, INT64_MAX, &held_ms);
	left_ms = GREETING_BY_MS - held_ms;
	return left_ms > SEARCH_LEAST_MS ? left_ms : SEARCH_LEAST_MS;
}

/* Own clients are not judged, nor those that have been found out and let in all the same. */
static int
is_judged(const struct settings *s)
{
	const char *result = setting_get(s, "ETD_RESULT");

	return result == NULL || (strcmp(result, "exempt") != 0 && strcmp(result, "early") != 0);
}

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
	c->connect_ms = setting_seconds(s, "ETD_CONNECT_TIMEOUT", 5000, 1, 300000);
	c->greeting_ms = setting_seconds(s, "ETD_GREETING_TIMEOUT", 30000, 0, 600000);
	c->idle_ms = setting_seconds(s, "ETD_IDLE_TIMEOUT", 1800000, 1, 86400000);
	c->search_ms = search_time(s);
	c->sync = (enum sync_until)setting_word(s, "ETD_SYNC", untils, 3,
	    "not greeting, helo or off");
	verdict_read_answer(&c->answer, s);
	c->helo_reply = setting_get(s, "ETD_REPLY") != NULL ? c->answer.reply :
	    "554 5.5.1 Refused: you talked before the reply to your first command";
	if (c->sync == SYNC_OFF)
		c->talk = WAIT_CHOOSE;
	else if (!is_judged(s)) {
		c->sync = SYNC_OFF;
		c->talk = WAIT_IGNORE;
	} else		/* where it is only logged, the relay finds it out and goes on */
		c->talk = c->answer.action == ACTION_LOG ? WAIT_IGNORE : WAIT_REFUSE;
	c->class = setting_get(s, "ETD_CLASS");
	if (c->class == NULL)
		c->class = "";
	read_account(&c->account, s, relays);
}
