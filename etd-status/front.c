/*
 * front: looks at a front as a patient client does. See front.h.
 */
#include "front.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "logfmt.h"
#include "number.h"
#include "proxy.h"
#include "smtp.h"

enum { QUIT_MS = 2000 };

int
front_parse(struct front *f, const char *text)
{
	const char *colon = strrchr(text, ':');
	int64_t port;
	size_t len;

	if (colon == NULL || colon[1] == '\0')
		return 0;
	/* getaddrinfo takes 65561 for 25. */
	if (strspn(colon + 1, "0123456789") == strlen(colon + 1) && !number_parse(colon + 1, 1, 65535, &port))
		return 0;
	len = (size_t)(colon - text);
	if (text[0] == '[' && len >= 2 && text[len - 1] == ']') {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL)
		return 0;
	if (len == 0 || len >= sizeof f->host)
		return 0;
	memcpy(f->host, text, len);
	f->host[len] = '\0';
	f->port = colon + 1;
	return 1;
}

/* Returns a socket, or -1 with errno. */
static int
connect_to(const struct addrinfo *a, int64_t end_ms)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd out = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t len = sizeof error;

	if (fd == -1 || connect(fd, a->ai_addr, a->ai_addrlen) != -1)
		return fd;
	error = errno;
	if (error == EINPROGRESS) {
		if (clock_poll(&out, 1, end_ms) == 0)
			error = ETIMEDOUT;
		else
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	}
	if (error == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

/* As if the client had come from its address, and from the port of this connection. */
static size_t
client_header(char header[PROXY_MAX], const struct front *f, int fd)
{
	struct address own = { .len = sizeof own.v6 }, to = { .len = sizeof to.v6 }, from;
	char port[8];

	getsockname(fd, &own.any, &own.len);
	getpeername(fd, &to.any, &to.len);
	snprintf(port, sizeof port, "%u", address_port(&own));
	address_parse(&from, f->client, port);
	return proxy_header(header, (int)f->proxy, &from, &to);
}

/* What a balancer says first. Returns 1, or 0 with errno. */
static int
introduce(const struct front *f, int fd)
{
	char header[PROXY_MAX];
	size_t len;

	if (f->proxy == 0)
		return 1;
	len = f->client == NULL ? proxy_local(header, (int)f->proxy, fd) : client_header(header, f, fd);
	return send(fd, header, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* What is said instead of a reply may tell which protocol is spoken there. */
static void
add_rest(struct smtp *s, const char *rest, size_t len)
{
	size_t at = strlen(s->text);

	/* strchr finds the NUL, too */
	for (; len > 0 && at < sizeof s->text - 1 && strchr("\r\n", *rest) == NULL; len--)
		s->text[at++] = *rest++;
	s->text[at] = '\0';
}

/* The next reply, without a word of ours. Returns 1 if it is whole, or 0 with its text or what is wrong
   in s->text. */
static int
read_reply(int fd, struct smtp *s, int64_t end_ms)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	char buf[512];
	const char *wrong;
	enum smtp_progress progress = SMTP_MORE;
	size_t used;
	ssize_t n;

	smtp_start(s);
	while (progress == SMTP_MORE) {
		if (clock_poll(&in, 1, end_ms) != 1) {
			wrong = s->bytes > 0 ? "the greeting did not end in time" : "no greeting in time";
			break;
		}
		n = recv(fd, buf, sizeof buf, 0);
		if (n <= 0) {
			wrong = n == -1 ? strerror(errno) : "closed without a greeting";
			break;
		}
		progress = smtp_feed(s, buf, (size_t)n, &used);
		if (progress == SMTP_BAD && s->cut)
			add_rest(s, buf + used, (size_t)n - used);
	}
	if (progress == SMTP_MORE)
		strcpy(s->text, wrong);
	return progress == SMTP_DONE;
}

/* So that no log there has a client that was cut off. */
static void
quit(int fd)
{
	struct smtp s;

	if (send(fd, "QUIT\r\n", 6, MSG_NOSIGNAL) != -1)
		read_reply(fd, &s, clock_ms() + QUIT_MS);
}

/* Words from the network; in a plugin's line a bar begins the performance data. */
static void
set_words(char words[REASON_MAX], const char *text)
{
	struct logfmt l;

	logfmt_begin(&l, "");
	logfmt_escape(&l, text, strlen(text));
	l.line[l.len] = '\0';
	for (char *bar = l.line; (bar = strchr(bar, '|')) != NULL;)
		*bar = '/';
	reason(words, "%s", l.line);
}

static enum front_result
hear(int fd, int64_t start_ms, int64_t end_ms, int64_t *greeted_ms, char words[REASON_MAX])
{
	struct smtp s;
	enum front_result result = FRONT_FAILS;

	if (read_reply(fd, &s, end_ms)) {
		*greeted_ms = clock_ms() - start_ms;
		if (s.code / 100 == 2)
			result = FRONT_SERVES;
		quit(fd);
	}
	set_words(words, s.text);
	return result;
}

enum front_result
front_look(const struct front *f, int64_t *greeted_ms, char words[REASON_MAX])
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	int64_t start_ms, end_ms;
	enum front_result result = FRONT_FAILS;
	int fd = -1, error = getaddrinfo(f->host, f->port, &hints, &found);

	*greeted_ms = -1;
	if (error != 0) {
		reason(words, "%s", error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
		return FRONT_UNKNOWN;
	}
	start_ms = clock_ms();
	end_ms = start_ms + f->wait_ms;
	for (struct addrinfo *a = found; fd == -1 && a != NULL; a = a->ai_next)
		fd = connect_to(a, end_ms);
	if (fd == -1)
		reason(words, "unable to connect: %m");
	else if (!introduce(f, fd))
		reason(words, "unable to send the PROXY header: %m");
	else
		result = hear(fd, start_ms, end_ms, greeted_ms, words);
	freeaddrinfo(found);
	if (fd != -1)
		close(fd);
	return result;
}
