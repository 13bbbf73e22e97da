/*
 * early: early talkers, many at once, for the benchmarks.
 * usage: early [ -s ] port connections at-once
 *                                            connect, talk at once, read to the end; prints
 *                                            seconds, replies that began with 5, and resets; with
 *                                            -s keep silent, each from an address of its own
 *        early -h [ -s ] port connections    connect and keep silent until standard input
 *                                            ends; prints "held" when all are connected
 *        early -l connections                a listener that only accepts, so many, on a
 *                                            free port, which it prints; till it is killed
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in server = { .sin_family = AF_INET };
static long replies, resets;
static int silent;

static void
die(const char *what)
{
	perror(what);
	exit(111);
}

/* From a source address of its own for each 1,000, or for each one, and others in each run, so that no port is met that
   another connection has had a moment ago. */
static int
dial(long n)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	long share = silent ? 1 : 1000;

	if (fd == -1)
		die("socket");
	from.sin_addr.s_addr = htonl(0x7f010000 + (uint32_t)(getpid() % 0x8000 * 64 + n / share) % 0xf00000);
	setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&from, sizeof from) == -1)
		die("bind");
	if (connect(fd, (struct sockaddr *)&server, sizeof server) == -1)
		die("connect");
	return fd;
}

static void
begin(int epoll, long n)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = dial(n) };

	if (!silent && write(event.data.fd, "EHLO spam.example\r\n", 19) != 19)
		die("write");
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event) == -1)
		die("epoll_ctl");
}

/* Returns 1 when the connection has ended. */
static int
hear(int fd)
{
	char buf[512];
	ssize_t n = read(fd, buf, sizeof buf);

	if (n > 0) {
		replies += buf[0] == '5';
		return 0;
	}
	resets += n == -1;
	close(fd);
	return 1;
}

static void
talk(long total, long at_once)
{
	struct epoll_event events[64];
	struct timespec from, to;
	long begun = 0, ended = 0;
	int epoll = epoll_create1(0);

	clock_gettime(CLOCK_MONOTONIC, &from);
	while (ended < total) {
		while (begun < total && begun - ended < at_once)
			begin(epoll, begun++);
		int n = epoll_wait(epoll, events, 64, 30000);

		if (n == 0) {
			fprintf(stderr, "early: %ld of %ld connections do not end\n", begun - ended, total);
			exit(111);
		}
		for (int i = 0; i < n; i++)
			ended += hear(events[i].data.fd);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%.3f %ld %ld\n", (double)(to.tv_sec - from.tv_sec) +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e9, replies, resets);
}

static void
hold(long total)
{
	char c;

	for (long i = 0; i < total; i++)
		dial(i);
	puts("held");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

static void
accept_only(long total)
{
	socklen_t len = sizeof server;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&server, len) == -1 || listen(fd, 128) == -1 ||
	    getsockname(fd, (struct sockaddr *)&server, &len) == -1)
		die("listen");
	printf("%d\n", ntohs(server.sin_port));
	fflush(stdout);
	for (long i = 0; i < total; i++)
		if (accept(fd, NULL, NULL) == -1)
			die("accept");
	pause();
}

int
main(int argc, char **argv)
{
	struct rlimit files = { 20000, 20000 };
	int held = 0, listens = 0, option;

	setrlimit(RLIMIT_NOFILE, &files);
	while ((option = getopt(argc, argv, "hls")) != -1) {
		held |= option == 'h';
		listens |= option == 'l';
		silent |= option == 's';
	}
	argv += optind;
	argc -= optind;
	if (listens && argc == 1) {
		accept_only(atol(argv[0]));
		return 0;
	}
	if (listens || argc != 3 - held) {
		fputs("early: usage: early [ -s ] port connections at-once | -h [ -s ] port connections | "
		    "-l connections\n", stderr);
		return 100;
	}
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server.sin_port = htons((in_port_t)atoi(argv[0]));
	if (held)
		hold(atol(argv[1]));
	else
		talk(atol(argv[1]), atol(argv[2]));
	return 0;
}
