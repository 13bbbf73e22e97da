/*
 * client: see client.h.
 */
#include "client.h"

#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mail.h"

enum { PATIENCE_MS = 60000, NOOPS = 500,
	SLOW_BYTES = 200,	/* what a slow reader reads at a time */
	MARGIN_MS = 50 };	/* early talk is sent so long before the end of the hold, or not at all */

static const char *const kinds[] = { "lockstep", "pipelined", "slow", "early", "scanner", "vanishing", "listed" };

/* The reply that is due, and what is said to it. */
static const struct { const char *due, *next; } dialogue[] = {
	[GREETING] = { "220", "EHLO client.example\r\n" }, [NOOP] = { "250", "" },
	[EHLO] = { "250", "MAIL FROM:<a@client.example>\r\n" }, [MAIL] = { "250", "RCPT TO:<b@front.example>\r\n" },
	[RCPT] = { "250", "DATA\r\n" }, [DATA] = { "354", "" }, [TEXT] = { "250", "QUIT\r\n" },
	[QUIT] = { "221", "" }
};
static const char all_at_once[] = "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@front.example>\r\nDATA\r\n";

static const struct { const char *text; size_t len; int flags, fin; } talk[] = {
	{ "EHLO spam.example\r\n", 19, 0, 0 },
	{ "EHLO spam.example\r\nMAIL FROM:<a@spam.example>\r\nRCPT TO:<b@front.example>\r\nDATA\r\n", 81, 0, 0 },
	{ "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 11, 0, 0 },
	{ "GET / HTTP/1.1\r\nHost: front.example\r\n\r\n", 39, 0, 0 },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n", 37, 0, 0 },
	{ "\0\xff\0\xff", 4, 0, 0 },
	{ "QUIT\r\n", 6, 0, 0 },
	{ "E", 1, 0, 0 },
	{ "U", 1, MSG_OOB, 0 },
	{ "HELO spam.example\r\n", 19, 0, 1 }
};
enum { TALKS = sizeof talk / sizeof *talk };

struct target target;

int64_t
now_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint64_t
roll(struct client *c, uint64_t sides)
{
	c->dice ^= c->dice << 13;
	c->dice ^= c->dice >> 7;
	c->dice ^= c->dice << 17;
	return (c->dice >> 11) % sides;
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
	printf("%lu %s %lld %lld %s\n", c->number, kinds[c->kind],
	    (long long)(now - (now_ms(CLOCK_MONOTONIC) - c->begun_ms)), (long long)now, c->outcome);
	close(c->fd);
	free(c->text);
	c->text = NULL;
	c->fd = -1;
}

/* It is closed, and no reply comes any more: with or without the one that was due. */
static void
closed(struct client *c)
{
	if (c->kind == SCANNER)
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
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	finish(c, "left");
}

/* Mostly small, as mail is. */
static size_t
some_bytes(struct client *c)
{
	uint64_t r = roll(c, 10000);

	if (r < 3)
		return 10000000;
	if (r < 30)
		return 1000000;
	return r < 300 ? 100000 : 1000 + roll(c, 7000);
}

static enum kind
some_kind(struct client *c)
{
	uint64_t r = roll(c, 100);

	return r < 30 ? LOCKSTEP : r < 55 ? PIPELINED : r < 57 ? SLOW : r < 85 ? EARLY : r < 95 ? SCANNER : VANISHING;
}

static void
watch(struct client *c, int op, int writing)
{
	struct epoll_event event = { writing ? EPOLLIN | EPOLLOUT : EPOLLIN, { c } };

	if (c->kind != SLOW && epoll_ctl(target.epoll, op, c->fd, &event) == -1)
		err(111, "epoll_ctl");
}

/* Of those that are patient, some come back. Where there are headers, the client has the balancer's address. */
static void
take_address(struct client *c)
{
	int patient = c->kind == LOCKSTEP || c->kind == PIPELINED || c->kind == SLOW;
	enum origin origin = c->kind == LISTED ? LISTED_ORIGIN : patient && roll(c, 4) == 0 ? RETURNING : ONCE;
	struct sockaddr_in from = { .sin_family = AF_INET };
	int yes = 1, v6 = origin != LISTED_ORIGIN && roll(c, 2), binary = (int)roll(c, 2);

	from.sin_addr.s_addr = htonl(origin_address(c->number, origin));
	if (target.headers) {
		c->header_len = origin_header(c->header, ntohl(from.sin_addr.s_addr), v6, binary);
	} else if (target.server.ss_family == AF_INET) {
		setsockopt(c->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
		if (bind(c->fd, (struct sockaddr *)&from, sizeof from) == -1)
			err(111, "bind");
	}
}

void
client_begin(struct client *c, unsigned long number)
{
	int yes = 1, small = 4096;

	*c = (struct client){ .fd = socket(target.server.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0), .number = number,
		.dice = (number + 1) * 0x9e3779b97f4a7c15U };
	if (c->fd == -1)
		err(111, "socket");
	roll(c, 1);
	c->kind = target.lists && number % 64 == 5 ? LISTED : some_kind(c);
	c->bytes = some_bytes(c);
	c->begun_ms = c->heard_ms = now_ms(CLOCK_MONOTONIC);
	c->leave_at = (int)roll(c, TEXT) + 1;
	if (c->kind == EARLY)
		c->act_ms = c->begun_ms + (roll(c, 3) == 0 ? 0 : (int64_t)roll(c, (uint64_t)target.hold_ms));
	if (c->kind == SCANNER && roll(c, 4) > 0)
		c->act_ms = c->begun_ms + (int64_t)roll(c, (uint64_t)target.hold_ms * 2);
	take_address(c);
	setsockopt(c->fd, SOL_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (c->kind == SLOW)
		setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	if (connect(c->fd, (struct sockaddr *)&target.server, target.server_len) == -1 && errno != EINPROGRESS)
		finish(c, "silent");
	else
		watch(c, EPOLL_CTL_ADD, c->header_len > 0);
}

/* What is short: a connection that takes none of it is over, which reading will show. */
static void
say(struct client *c, const char *text, size_t len)
{
	if (len > 0)
		(void)!send(c->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* All of it goes at once, or none: then it is not connected yet. */
static void
send_header(struct client *c)
{
	if (send(c->fd, c->header, c->header_len, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		c->header_len = 0;
}

/* The PROXY header, or as much of the mail as goes now. */
void
client_write(struct client *c)
{
	if (c->header_len > 0) {
		send_header(c);
		watch(c, EPOLL_CTL_MOD, c->header_len > 0);
		return;
	}

	ssize_t n = send(c->fd, c->text + c->sent, c->len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	c->sent += n > 0 ? (size_t)n : 0;
	watch(c, EPOLL_CTL_MOD, c->sent < c->len && (n > 0 || errno == EAGAIN));
	if (c->sent == c->len && c->kind == PIPELINED)
		say(c, "QUIT\r\n", 6);
}

static void
say_next(struct client *c)
{
	enum stage was = c->stage++;

	if (c->kind == VANISHING && (int)c->stage >= c->leave_at && c->stage < TEXT) {
		leave(c, (int)roll(c, 2));
	} else if (was == GREETING && c->kind != SLOW) {
		c->stage = EHLO;
		say(c, dialogue[GREETING].next, strlen(dialogue[GREETING].next));
	} else if (was == GREETING) {
		for (int i = 0; i < NOOPS; i++)
			say(c, "NOOP\r\n", 6);
	} else if (was == NOOP) {
		if (++c->noops < NOOPS)
			c->stage = NOOP;
		else
			say(c, dialogue[GREETING].next, strlen(dialogue[GREETING].next));
	} else if (was == DATA) {
		c->text = mail_make(c->number, c->bytes, &c->len);
		if (c->kind == VANISHING) {
			say(c, c->text, c->len / 2);
			leave(c, (int)roll(c, 2));
		} else {
			client_write(c);
		}
	} else if (c->kind != PIPELINED) {
		say(c, dialogue[was].next, strlen(dialogue[was].next));
	} else if (was == EHLO) {
		say(c, all_at_once, sizeof all_at_once - 1);
	}
}

/* A whole reply's last line. */
static void
take_reply(struct client *c)
{
	const char *code = c->line;

	if (c->kind == EARLY && c->act_ms != 0) {
		leave(c, 0);	/* it has not talked yet: this program was late */
	} else if (c->kind == EARLY) {
		set_outcome(c, strncmp(code, "220", 3) == 0 ? "greeted" : code);
	} else if (c->kind == SCANNER) {
		leave(c, 0);
	} else if (c->outcome[0] != '\0') {
		if (strncmp(code, "354", 3) == 0)	/* to a pipelined DATA, after a refusal */
			finish(c, NULL);
	} else if (strncmp(code, dialogue[c->stage].due, 3) != 0) {
		set_outcome(c, code);
		say(c, "QUIT\r\n", 6);
	} else {
		if (c->stage == TEXT)
			set_outcome(c, "stored");
		say_next(c);
	}
}

void
client_hear(struct client *c)
{
	char bytes[4096];
	ssize_t n = read(c->fd, bytes, c->kind == SLOW ? SLOW_BYTES : sizeof bytes);

	if (n == -1 && (errno == EAGAIN || errno == ENOTCONN))
		return;
	if (n <= 0) {
		closed(c);
		return;
	}
	c->heard_ms = now_ms(CLOCK_MONOTONIC);
	for (ssize_t i = 0; i < n && c->fd != -1; i++) {
		if (c->line_len < sizeof c->line - 1)
			c->line[c->line_len++] = bytes[i];
		if (bytes[i] != '\n')
			continue;
		c->line[c->line_len] = '\0';
		int last = c->line_len > 3 && c->line[3] != '-';

		c->line[3] = '\0';
		c->line_len = 0;
		if (last)
			take_reply(c);
	}
}

/* EARLY talks, unless the hold may be over by now, and SCANNER goes. */
static void
act(struct client *c, int64_t now)
{
	int i = (int)(c->number % TALKS);

	c->act_ms = 0;
	if (c->kind == SCANNER) {
		leave(c, (int)roll(c, 2));
		return;
	}
	if (c->header_len > 0) {
		c->act_ms = now + 1;
		return;
	}
	ssize_t n = send(c->fd, talk[i].text, talk[i].len, talk[i].flags | MSG_DONTWAIT | MSG_NOSIGNAL);

	if (now_ms(CLOCK_MONOTONIC) > c->begun_ms + target.hold_ms - MARGIN_MS)
		leave(c, 0);
	else if (n == -1 && errno == EAGAIN)
		c->act_ms = now + 1;
	else if (talk[i].fin)
		shutdown(c->fd, SHUT_WR);
}

void
client_tick(struct client *c, int64_t now)
{
	if (c->fd != -1 && c->act_ms != 0 && c->act_ms <= now)
		act(c, now);
	if (c->fd != -1 && c->kind == SLOW) {	/* epoll does not watch it */
		if (c->header_len > 0 || (c->stage == TEXT && c->sent < c->len))
			client_write(c);
		client_hear(c);
	}
	if (c->fd != -1 && now - c->heard_ms > PATIENCE_MS)
		finish(c, "hung");
}
