/*
 * etd-connect: relay a client to one of the backends that backends.cdb lists; see
 * etd-connect(8).
 *
 * Descriptors 0 and 1 are the client, 2 the log. Settings come from the environment
 * (ETD_*), the client from the server's variables. Exits 0 after a
 * session, 100 for bad usage or configuration, 111 when there was no backend to be had or for
 * what else may be well later; the client is told 421 then.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "clock.h"
#include "dial.h"
#include "greeting.h"
#include "pick.h"
#include "relay.h"
#include "setting.h"

struct config {
	int64_t tries;
	int64_t connect_ms, greeting_ms, idle_ms;
};

struct session {
	struct config config;
	struct client client;
	struct pick pick;
	struct relay relay;
	struct record backend;		/* of the attempt under way, and in the end the one */
	int tries;
	int64_t start_ms;
	int64_t connect_ms, greeting_ms;	/* how long it took; -1: not reached */
	char reason[100];		/* why the last attempt failed, from the network */
	size_t reason_len;
};

static void
config_read(struct config *c)
{
	c->tries = setting_number("ETD_TRIES", 3, 1, PICK_TRIES_MAX);
	c->connect_ms = setting_seconds("ETD_CONNECT_TIMEOUT", 5000, 0, 300000);
	c->greeting_ms = setting_seconds("ETD_GREETING_TIMEOUT", 30000, 1, 600000);
	c->idle_ms = setting_seconds("ETD_IDLE_TIMEOUT", 1800000, 0, 86400000);
}

static void
log_backend(struct log *l, const struct record *r)
{
	char address[ADDRESS_SIZE];

	log_text(l, "backend", r->name);
	log_text(l, "addr", address_text(&r->address, address));
}

/* A backend that could not be had: the next one's turn. */
static void
report_failed(struct session *s, const char *step, const char *reason, size_t len)
{
	struct log l;

	s->reason_len = len < sizeof s->reason ? len : sizeof s->reason;
	memcpy(s->reason, reason, s->reason_len);
	log_begin(&l, LOG_PROBLEM, "failed");
	client_log(&l, &s->client);
	log_backend(&l, &s->backend);
	log_text(&l, "step", step);
	log_bytes(&l, "reason", s->reason, s->reason_len);
	log_end(&l);
}

static void
report_none(const struct session *s)
{
	struct log l;

	log_begin(&l, LOG_PROBLEM, "none");
	client_log(&l, &s->client);
	log_number(&l, "tries", s->tries);
	if (s->tries > 0)
		log_bytes(&l, "reason", s->reason, s->reason_len);
	else
		log_text(&l, "reason", "no backend listed");
	log_end(&l);
}

/* A session that the backend's side ended is a problem, others are not. */
static void
report_end(const struct session *s)
{
	const char *state = s->relay.state;
	struct log l;

	log_begin(&l, state[0] == 'S' || state[0] == 's' ? LOG_PROBLEM : LOG_ALL, "end");
	client_log(&l, &s->client);
	log_backend(&l, &s->backend);
	log_number(&l, "tries", s->tries);
	log_seconds(&l, "connect", s->connect_ms);
	log_seconds(&l, "greeting", s->greeting_ms);
	log_seconds(&l, "total", clock_ms() - s->start_ms);
	log_number(&l, "in", s->relay.in.bytes);
	log_number(&l, "out", s->relay.out.bytes);
	log_text(&l, "state", state);
	log_end(&l);
}

/* One backend: a connection and the first bytes of its greeting. */
static enum greeting
attempt(struct session *s)
{
	const struct flow *out = &s->relay.out;
	int64_t began_ms = clock_ms();
	enum greeting greeting = GREETING_READY;
	const char *reason;
	int fd = dial(&s->backend.address, s->config.connect_ms);

	s->connect_ms = s->greeting_ms = -1;
	if (fd == -1) {
		reason = strerror(errno);
		report_failed(s, "connect", reason, strlen(reason));
		return GREETING_NONE;
	}
	s->connect_ms = clock_ms() - began_ms;
	relay_init(&s->relay, fd);
	if (s->config.greeting_ms > 0)
		greeting = greeting_wait(&s->relay, s->config.greeting_ms);
	if (out->len > 0)
		s->greeting_ms = clock_ms() - began_ms - s->connect_ms;
	if (greeting == GREETING_NONE) {
		reason = errno == 0 ? "connection closed" : strerror(errno);
		report_failed(s, "greeting", reason, strlen(reason));
		relay_drop(&s->relay);
	} else if (greeting == GREETING_LATER) {
		const char *end = memchr(out->buffer, '\r', out->len);

		report_failed(s, "greeting", out->buffer,
		    end != NULL ? (size_t)(end - out->buffer) : out->len);
	}
	return greeting;
}

/* Tries backends until one is ready, or said 4xx like all before it and was the last.
   Returns 1, or 0 when there is none. */
static int
find_backend(struct session *s)
{
	int all_later = 1, more = pick_next(&s->pick, &s->backend);
	struct record next;

	while (more) {
		enum greeting greeting;

		s->tries++;
		greeting = attempt(s);
		if (greeting == GREETING_READY)
			return 1;
		if (greeting == GREETING_GONE) {
			s->relay.state = "CH";
			s->relay.in.done = s->relay.out.done = 1;
			return 1;
		}
		all_later &= greeting == GREETING_LATER;
		more = s->tries < s->config.tries && pick_next(&s->pick, &next);
		if (!more)
			return all_later;	/* the last one's 4xx is the client's */
		if (greeting == GREETING_LATER)
			relay_drop(&s->relay);
		s->backend = next;
	}
	return 0;
}

static const char synopsis[] = "[ -qQv ] backends.cdb";

int
main(int argc, char **argv)
{
	static struct session s;	/* its buffers are too large for a stack */
	int options;

	log_program = "etd-connect";
	options = client_options(argc, argv, synopsis);
	if (argc - options != 1)
		client_usage(synopsis);

	s.start_ms = clock_ms();
	client_find(&s.client);
	config_read(&s.config);
	pick_open(&s.pick, argv[options]);
	if (!find_backend(&s)) {
		report_none(&s);
		client_leave(111, "421 4.3.2 no mail server available\r\n");
	}
	relay_run(&s.relay, s.config.idle_ms);
	report_end(&s);
	return 0;
}
