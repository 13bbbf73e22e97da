/*
 * backends: many SMTP servers to be probed, in one process, for the benchmarks.
 * usage: backends number inter     on 127.1.0.1, 127.1.0.2 and so on, all on one free port,
 *                                  which it prints; inter in seconds, to know what is late
 * Standard input has commands of a letter each; where it ends, so does this.
 *        b    begin: forget the probes so far, but not when each backend had its last
 *        d    die: a backend that is half-way between two probes greets with 421 from now on
 *        r    report a line: probes since b that came as far as HELO; those that were due; the
 *             longest lateness of a probe in ms, of any backend; when the backend that died
 *             did so and when it last refused a probe, in seconds since 1970 (0: never),
 *             by the clock that stamps files
 */
#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 20000, NUMBER = 65534, FIRST = 0x7f010001 };

static char first[FILES];	/* of each descriptor's line so far: its first letter */
static double last[NUMBER];	/* when each backend's last probe began, in seconds */
static uint32_t number, dead = NUMBER;
static double inter, begun, latest, died, refused;
static long probes;
static int epoll, listener;

static void
die(const char *what)
{
	perror(what);
	exit(111);
}

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
note_late(uint32_t backend, double t)
{
	if (t - last[backend] - inter > latest)
		latest = t - last[backend] - inter;
}

static void
watch(int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		die("epoll_ctl");
}

/* On all addresses, so that one socket does, but of the loopback interface alone. */
static void
listen_all(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET };
	socklen_t len = sizeof self;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (setsockopt(listener, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == -1 ||
	    bind(listener, (struct sockaddr *)&self, len) == -1 || listen(listener, 4096) == -1 ||
	    getsockname(listener, (struct sockaddr *)&self, &len) == -1)
		die("listen");
	printf("%d\n", ntohs(self.sin_port));
}

static void
greet(void)
{
	struct sockaddr_in self;
	socklen_t len = sizeof self;
	double t = now(CLOCK_MONOTONIC);
	uint32_t backend;
	int fd = accept(listener, NULL, NULL);

	if (fd == -1 || fd >= FILES || getsockname(fd, (struct sockaddr *)&self, &len) == -1 ||
	    (backend = ntohl(self.sin_addr.s_addr) - FIRST) >= number)
		die("accept");
	note_late(backend, t);
	last[backend] = t;
	if (backend == dead)
		refused = now(CLOCK_REALTIME_COARSE);
	send(fd, backend == dead ? "421 x\r\n" : "220 x\r\n", 7, MSG_NOSIGNAL);
	first[fd] = '\0';
	watch(fd);
}

/* QUIT is the end, and what else a prober says is HELO; it may come in pieces. */
static void
hear(int fd)
{
	char buf[512];
	ssize_t n = recv(fd, buf, sizeof buf, 0);
	int quit = n <= 0;

	for (ssize_t i = 0; i < n && !quit; i++) {
		if (first[fd] == '\0')
			first[fd] = buf[i];
		if (buf[i] != '\n')
			continue;
		quit = first[fd] == 'Q';
		send(fd, quit ? "221 x\r\n" : "250 x\r\n", 7, MSG_NOSIGNAL);
		probes += !quit;
		first[fd] = '\0';
	}
	if (quit)
		close(fd);
}

static void
obey(void)
{
	double t = now(CLOCK_MONOTONIC);
	char c;

	if (read(0, &c, 1) != 1)
		exit(0);
	if (c == 'b') {
		begun = t;
		latest = 0;
		probes = 0;
	} else if (c == 'd') {
		dead = 0;
		for (uint32_t i = 1; i < number; i++)
			if (fabs(t - last[i] - inter / 2) < fabs(t - last[dead] - inter / 2))
				dead = i;
		died = now(CLOCK_REALTIME_COARSE);
	} else if (c == 'r') {
		for (uint32_t i = 0; i < number; i++)
			note_late(i, t);	/* what is due and has not come */
		printf("%ld %.0f %.1f %.6f %.6f\n", probes, number * (t - begun) / inter,
		    latest * 1e3, died, refused);
	}
}

int
main(int argc, char **argv)
{
	struct rlimit files = { FILES, FILES };
	struct epoll_event events[64];

	if (argc != 3 || (number = (uint32_t)atol(argv[1])) > NUMBER || (inter = atof(argv[2])) <= 0) {
		fputs("backends: usage: backends number inter\n", stderr);
		return 100;
	}
	setrlimit(RLIMIT_NOFILE, &files);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (uint32_t i = 0; i < number; i++)
		last[i] = now(CLOCK_MONOTONIC);
	epoll = epoll_create1(0);
	listen_all();
	watch(0);
	watch(listener);
	for (;;) {
		int n = epoll_wait(epoll, events, 64, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == 0)
				obey();
			else if (events[i].data.fd == listener)
				greet();
			else
				hear(events[i].data.fd);
		}
	}
}
