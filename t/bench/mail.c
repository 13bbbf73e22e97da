/*
 * mail: an SMTP client, many sessions at once, for the benchmarks.
 * usage: mail port sessions at-once bytes    prints sessions and megabytes (10^6) a second
 *        mail -h port sessions               prints "held" when all have been greeted, and keeps
 *                                            silent until standard input ends
 * Every reply must be the one that is due, and sink's to a mail must say that all of it came.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 262144, MAIL = 5, END = 7 };

static const struct { const char *due, *next; } dialogue[END] = {
	{ "220", "HELO client.example\r\n" }, { "250", "MAIL FROM:<a@client.example>\r\n" },
	{ "250", "RCPT TO:<b@sink.example>\r\n" }, { "250", "DATA\r\n" }, { "354", NULL },
	[MAIL] = { "250", "QUIT\r\n" }, { "221", NULL }
};

struct session {
	int fd, stage;			/* stage: whose reply is due */
	size_t left, len;		/* of the mail, of the reply */
	char reply[64];
};

static struct sockaddr_in server = { .sin_family = AF_INET };
static char text[TEXT + 5];	/* a mail is its end, and before that the x's as often as it takes */
static size_t bytes;		/* of a mail, its end included: 5 or more */
static int epoll;

/* From a source address of its own for each 10,000, so that no port is used up. */
static void
begin(long n)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct session *s = malloc(sizeof *s);

	*s = (struct session){ .fd = socket(AF_INET, SOCK_STREAM, 0), .left = bytes };
	from.sin_addr.s_addr = htonl((uint32_t)(0x7f000101 + n / 10000));
	setsockopt(s->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &(int){ 1 }, sizeof(int));
	setsockopt(s->fd, SOL_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	if (bind(s->fd, (struct sockaddr *)&from, sizeof from) == -1 ||
	    connect(s->fd, (struct sockaddr *)&server, sizeof server) == -1 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &(struct epoll_event){ EPOLLIN, { s } }) == -1)
		err(111, "connect");
}

/* As much of the mail as goes now. A short one goes at once, and needs no epoll_ctl. */
static void
speak(struct session *s, int watched)
{
	int last = s->left <= sizeof text;
	ssize_t n = send(s->fd, last ? text + sizeof text - s->left : text, last ? s->left : TEXT,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n == -1 && errno != EAGAIN)
		err(111, "send");
	s->left -= n > 0 ? (size_t)n : 0;
	if (watched != (s->left > 0))
		epoll_ctl(epoll, EPOLL_CTL_MOD, s->fd,
		    &(struct epoll_event){ watched ? EPOLLIN : EPOLLIN | EPOLLOUT, { s } });
}

/* Returns 1 when the session is over, or held. */
static int
hear(struct session *s, int held)
{
	ssize_t n = read(s->fd, s->reply + s->len, sizeof s->reply - 1 - s->len);

	if (n == 0 && s->stage == END) {
		close(s->fd);
		free(s);
		return 1;
	}
	if (n <= 0)
		errx(111, "reply %d: %s", s->stage, n == 0 ? "closed" : strerror(errno));
	s->reply[s->len += (size_t)n] = '\0';
	if (strchr(s->reply, '\n') == NULL)
		return 0;
	if (s->stage == END || strncmp(s->reply, dialogue[s->stage].due, 3) != 0 ||
	    (s->stage == MAIL && strtoul(s->reply + 4, NULL, 10) != bytes))
		errx(111, "reply %d: %s", s->stage, s->reply);
	s->len = 0;
	const char *next = dialogue[s->stage++].next;

	if (next != NULL && !held)
		send(s->fd, next, strlen(next), MSG_NOSIGNAL);
	else if (s->stage == MAIL)
		speak(s, 0);
	return held;
}

static void
run(long total, long at_once, int held)
{
	struct epoll_event events[64];
	long begun = 0, ended = 0;

	while (ended < total) {
		while (begun < total && begun - ended < at_once)
			begin(begun++);
		int n = epoll_wait(epoll, events, 64, 30000);

		if (n == 0)
			errx(111, "%ld of %ld sessions do not end", begun - ended, total);
		for (int i = 0; i < n; i++) {
			if (events[i].events & EPOLLOUT)
				speak(events[i].data.ptr, 1);
			if (events[i].events != EPOLLOUT)
				ended += hear(events[i].data.ptr, held);
		}
	}
}

int
main(int argc, char **argv)
{
	int held = argc == 4 && strcmp(argv[1], "-h") == 0;
	struct timespec from, to;
	double a_second;

	if (!held && argc != 5)
		errx(100, "usage: mail port sessions at-once bytes | -h port sessions");
	memset(text, 'x', TEXT);
	memcpy(text + TEXT, "\r\n.\r\n", 5);
	bytes = held ? 0 : strtoul(argv[4], NULL, 10);
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server.sin_port = htons((in_port_t)atoi(argv[1 + held]));
	epoll = epoll_create1(0);
	clock_gettime(CLOCK_MONOTONIC, &from);
	run(atol(argv[2 + held]), atol(argv[3]), held);
	clock_gettime(CLOCK_MONOTONIC, &to);
	a_second = atof(argv[2 + held]) / (to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9);
	if (held)
		dprintf(1, "held\n");
	else
		dprintf(1, "%.1f %.1f\n", a_second, a_second * (double)bytes / 1e6);
	while (held && read(0, text, sizeof text) > 0)
		;
	return 0;
}
