/*
 * sink: an SMTP server that takes all mail and keeps none, for the benchmarks. One process,
 * as cheap as can be, since what is measured is what stands before it.
 * usage: sink    listens on a free port of 127.0.0.1, which it prints; till it is killed
 * It knows a command by its first letter, and replies to a mail with the number of its
 * bytes, the final dot's line included.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SESSIONS = 20000, BUFFER = 262144, TAIL = 4 };

static struct session {
	int in_mail;
	char command;		/* first letter of the line under way, or 0 */
	char tail[TAIL];	/* the last bytes read: the end of a mail may come in pieces */
	long bytes;		/* of the mail */
} sessions[SESSIONS];

static char space[TAIL + BUFFER], *const buffer = space + TAIL;

/* A reply that cannot be sent needs no care: the next read fails too. */
static void
say(int fd, const char *line)
{
	send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* One command, or its beginning. Returns what follows, or NULL when the session is over. */
static const char *
command(struct session *s, int fd, const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));
	char letter;

	if (s->command == 0)
		s->command = *p;
	if (newline == NULL)
		return end;
	letter = s->command;
	s->command = 0;
	if (letter == 'Q') {
		say(fd, "221 bye\r\n");
		return NULL;
	}
	s->in_mail = letter == 'D';
	s->bytes = 0;
	say(fd, s->in_mail ? "354 go on\r\n" : "250 ok\r\n");
	return newline + 1;
}

/* A mail, or a piece of it. Dots are looked for because a mail has few. */
static const char *
mail(struct session *s, int fd, const char *p, const char *end)
{
	const char *dot = p - 2;
	char reply[32];

	for (; (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL; dot++)
		if (end - dot > 2 && memcmp(dot - 2, "\r\n.\r\n", 5) == 0)
			break;
	if (dot == NULL) {
		s->bytes += end - p;
		return end;
	}
	s->bytes += dot + 3 - p;
	s->in_mail = 0;
	snprintf(reply, sizeof reply, "250 %ld\r\n", s->bytes);
	say(fd, reply);
	return dot + 3;
}

static void
hear(int fd)
{
	struct session *s = &sessions[fd];
	ssize_t n = read(fd, buffer, BUFFER);
	const char *p = buffer, *end = buffer + n;

	if (n <= 0) {
		close(fd);
		return;
	}
	memcpy(space, s->tail, TAIL);
	while (p != NULL && p < end)
		p = s->in_mail ? mail(s, fd, p, end) : command(s, fd, p, end);
	memcpy(s->tail, end - TAIL, TAIL);
	if (p == NULL)
		close(fd);
}

static void
greet(int epoll, int listener)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = accept(listener, NULL, NULL) };

	if (event.data.fd == -1 && (errno == EAGAIN || errno == ECONNABORTED))
		return;
	if (event.data.fd == -1 || event.data.fd >= SESSIONS)
		err(111, "accept");
	sessions[event.data.fd] = (struct session){ 0 };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event) == -1)
		err(111, "epoll_ctl");
	say(event.data.fd, "220 sink.example\r\n");
}

int
main(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event events[64], event = { .events = EPOLLIN };
	socklen_t len = sizeof here;
	int epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;

	setsockopt(listener, SOL_TCP, TCP_NODELAY, &yes, sizeof yes);	/* accepted ones have it from there */
	event.data.fd = listener;
	if (bind(listener, (struct sockaddr *)&here, len) == -1 || listen(listener, 1000) == -1 ||
	    getsockname(listener, (struct sockaddr *)&here, &len) == -1 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == -1)
		err(111, "listen");
	printf("%d\n", ntohs(here.sin_port));
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(epoll, events, 64, -1);

		for (int i = 0; i < n; i++)
			if (events[i].data.fd == listener)
				greet(epoll, listener);
			else
				hear(events[i].data.fd);
	}
}
