/*
 * client: see client.h.
 */
#include "client.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "early.h"
#include "mail.h"

enum { PATIENCE_MS = 60000, NOOPS = 500,
	SLOW_BYTES = 200, SLOW_BUFFER = 4096,	/* what a slow reader reads at a time, and its kernel takes */
	MARGIN_MS = 50 };	/* early talk is sent so long before the end of the hold, or not at all */

/* The reply that is due, and what is said to it. */
static const struct { const char *due, *next; } dialogue[] = {
	[GREETING] = { "220", "EHLO client.example\r\n" }, [NOOP] = { "250", "" },
	[EHLO] = { "250", "MAIL FROM:<a@client.example>\r\n" }, [MAIL] = { "250", "RCPT TO:<b@front.example>\r\n" },
	[RCPT] = { "250", "DATA\r\n" }, [DATA] = { "354", "" }, [TEXT] = { "250", "QUIT\r\n" },
	[QUIT] = { "221", "" }, [TLS] = { "220", "" }
};
static const char all_at_once[] = "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@front.example>\r\nDATA\r\n";

struct target target;

int64_t
now_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
set_outcome(struct client *c, const char *outcome)
{
	if (c->outcome[0] == '\0')
		snprintf(c->outcome, sizeof c->outcome, "%.7s", outcome);
}

static void
finish(struct client *c, const char *outcome)
{
	int64_t now = now_ms(CLOCK_REALTIME);

	set_outcome(c, outcome);
	printf("%lu %s %lld %lld %s %s\n", c->plan.number, kind_name(c->plan.kind),
	    (long long)(now - (now_ms(CLOCK_MONOTONIC) - c->begun_ms)), (long long)now, c->outcome,
	    c->by_bdat ? "bdat" : c->by_tls ? "tls" : "plain");
	wire_close(&c->wire);
	free(c->text);
	c->text = NULL;
}

/* It is closed, and no reply comes any more: with or without the one that was due. */
static void
closed(struct client *c)
{
	if (c->plan.kind == SCANNER)
		finish(c, "left");
	else if (c->text != NULL && c->sent == c->len)
		finish(c, "lost");
	else
		finish(c, "silent");
}

static void
leave(struct client *c, int by_reset)
{
	struct linger linger = { .l_onoff = 1 };

	if (by_reset)
		setsockopt(c->wire.fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	finish(c, "left");
}

static void
watch(struct client *c, int op, int writing)
{
	struct epoll_event event = { writing ? EPOLLIN | EPOLLOUT : EPOLLIN, { c } };

	if (c->plan.kind != SLOW && epoll_ctl(target.epoll, op, c->wire.fd, &event) == -1)
		err(111, "epoll_ctl");
}

void
client_begin(struct client *c, unsigned long number)
{
	int slow;

	*c = (struct client){ .plan = plan_make(number, target.hold_ms, target.headers, target.lists) };
	slow = c->plan.kind == SLOW;
	c->begun_ms = c->heard_ms = now_ms(CLOCK_MONOTONIC);
	c->act_ms = c->plan.act_at == -1 ? 0 : c->begun_ms + c->plan.act_at;
	if (wire_open(&c->wire, &target.server, target.headers ? 0 : c->plan.address, slow ? SLOW_BUFFER : 0))
		watch(c, EPOLL_CTL_ADD, c->plan.header_len > 0);
	else
		finish(c, "silent");
}

int
client_ended(const struct client *c)
{
	return c->wire.fd == -1;
}

/* What is short: a connection that takes none of it is over, which reading will show. */
static void
say(struct client *c, const char *text, size_t len)
{
	if (len > 0)
		(void)!wire_write(&c->wire, text, len);
}

/* As much as goes now. Whether more is left, and would go later. */
static int
write_some(struct client *c, const char *text, size_t len, size_t *sent)
{
	ssize_t n = wire_write(&c->wire, text + *sent, len - *sent);

	*sent += n > 0 ? (size_t)n : 0;
	return *sent < len && (n > 0 || errno == EAGAIN);
}

/* The PROXY header, or the mail. */
void
client_write(struct client *c)
{
	if (c->header_sent < c->plan.header_len) {
		watch(c, EPOLL_CTL_MOD, write_some(c, c->plan.header, c->plan.header_len, &c->header_sent));
	} else {
		watch(c, EPOLL_CTL_MOD, write_some(c, c->text, c->len, &c->sent));
		if (c->sent == c->len && c->plan.kind == PIPELINED)
			say(c, "QUIT\r\n", 6);
	}
}

/* Again after STARTTLS. */
static void
say_ehlo(struct client *c)
{
	c->stage = EHLO;
	say(c, dialogue[GREETING].next, strlen(dialogue[GREETING].next));
}

static void
shake_hands(struct client *c)
{
	int done = wire_shake_hands(&c->wire);

	if (done == -1)
		finish(c, "silent");
	c->by_tls = done == 1;
	if (done == 1)
		say_ehlo(c);
}

/* The mail after DATA, or at once by BDAT. */
static void
send_mail(struct client *c)
{
	c->text = (c->by_bdat ? mail_chunks : mail_make)(c->plan.number, c->plan.bytes, &c->len);
	if (c->plan.kind == VANISHING) {
		say(c, c->text, c->len / 2);
		leave(c, c->plan.by_reset);
	} else {
		client_write(c);
	}
}

/* What some kinds do at some stages instead of what the dialogue says. Returns 0 when this is none of them. */
static int
say_special(struct client *c, enum stage was)
{
	enum kind kind = c->plan.kind;

	if (kind == VANISHING && c->stage > c->plan.leave_at % TEXT && c->stage < TEXT) {
		leave(c, c->plan.by_reset);
	} else if (was == GREETING && kind == SLOW) {
		c->more = NOOPS - 1;
		for (int i = 0; i < NOOPS; i++)
			say(c, "NOOP\r\n", 6);
	} else if (was == EHLO && kind == STARTTLS && c->starttls && !c->by_tls) {
		c->stage = TLS;
		say(c, "STARTTLS\r\n", 10);
	} else if (was == TLS) {
		c->stage = TLS;
		wire_start_tls(&c->wire);
		shake_hands(c);
	} else if (was == RCPT && kind == BDAT && c->chunking) {
		c->by_bdat = 1;
		c->stage = TEXT;
		c->more = MAIL_CHUNKS - 1;
		send_mail(c);
	} else {
		return 0;
	}
	return 1;
}

static void
say_next(struct client *c)
{
	enum stage was = c->stage++;

	if (say_special(c, was))
		return;
	if (was == GREETING || was == NOOP)
		say_ehlo(c);
	else if (was == DATA)
		send_mail(c);
	else if (c->plan.kind != PIPELINED)
		say(c, dialogue[was].next, strlen(dialogue[was].next));
	else if (was == EHLO)
		say(c, all_at_once, sizeof all_at_once - 1);
}

/* A whole reply's last line. */
static void
take_reply(struct client *c)
{
	const char *code = c->line;

	if (c->plan.kind == EARLY && c->act_ms != 0) {
		leave(c, 0);	/* it has not talked yet: this program was late */
	} else if (c->plan.kind == EARLY) {
		set_outcome(c, strncmp(code, "220", 3) == 0 ? "greeted" : code);
	} else if (c->plan.kind == SCANNER) {
		leave(c, 0);
	} else if (c->outcome[0] != '\0') {
		if (strncmp(code, "354", 3) == 0)	/* to a pipelined DATA, after a refusal */
			finish(c, NULL);
	} else if (strncmp(code, dialogue[c->stage].due, 3) != 0) {
		set_outcome(c, code);
		if (c->by_bdat && c->stage == TEXT)
			finish(c, NULL);	/* other chunks are on their way */
		else
			say(c, "QUIT\r\n", 6);
	} else if (c->more > 0) {
		c->more--;
	} else {
		if (c->stage == TEXT)
			set_outcome(c, "stored");
		say_next(c);
	}
}

static void
take_line(struct client *c)
{
	int last = c->line_len > 3 && c->line[3] != '-';

	c->line[c->line_len] = '\0';
	c->line_len = 0;
	if (c->stage == EHLO) {
		c->chunking |= strstr(c->line, "CHUNKING") != NULL;
		c->starttls |= strstr(c->line, "STARTTLS") != NULL;
	}
	c->line[3] = '\0';
	if (last)
		take_reply(c);
}

void
client_hear(struct client *c)
{
	char bytes[16384];	/* a record of TLS at least, none of which may be left */
	ssize_t n;

	if (c->stage == TLS && c->wire.tls != NULL) {
		shake_hands(c);
		return;
	}
	n = wire_read(&c->wire, bytes, c->plan.kind == SLOW ? SLOW_BYTES : sizeof bytes);
	if (n == -1 && (errno == EAGAIN || errno == ENOTCONN))
		return;
	if (n <= 0) {
		closed(c);
		return;
	}
	c->heard_ms = now_ms(CLOCK_MONOTONIC);
	for (ssize_t i = 0; i < n && !client_ended(c); i++) {
		if (c->line_len < sizeof c->line - 1)
			c->line[c->line_len++] = bytes[i];
		if (bytes[i] == '\n')
			take_line(c);
	}
}

/* EARLY talks, unless the hold may be over by now, and SCANNER goes. */
static void
act(struct client *c, int64_t now)
{
	c->act_ms = 0;
	if (c->plan.kind == SCANNER) {
		leave(c, c->plan.by_reset);
		return;
	}

	int done = c->header_sent == c->plan.header_len && early_talk(c->wire.fd, c->plan.number);

	if (now_ms(CLOCK_MONOTONIC) > c->begun_ms + target.hold_ms - MARGIN_MS)
		leave(c, 0);
	else if (!done)
		c->act_ms = now + 1;
}

void
client_tick(struct client *c, int64_t now)
{
	if (!client_ended(c) && c->act_ms != 0 && c->act_ms <= now)
		act(c, now);
	if (!client_ended(c) && c->plan.kind == SLOW) {	/* epoll does not watch it */
		if (c->header_sent < c->plan.header_len || c->sent < c->len)
			client_write(c);
		client_hear(c);
	}
	if (!client_ended(c) && now - c->heard_ms > PATIENCE_MS)
		finish(c, "hung");
}
