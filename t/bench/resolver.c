/*
 * resolver: a DNS server as fast as can be, for the benchmarks. Each address has a name; each is listed
 * by any list, with a text, but for 127.0.0.1, as RFC 5782 has it; all lists are clean with -c.
 * usage: resolver [ -c ]   on a free port of 127.0.0.1, which it prints; till it is killed
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { HEADER = 12, TYPE_A = 1, TYPE_PTR = 12, TYPE_TXT = 16 };

/* Their own name, class, time to live, and length come first. */
static const unsigned char ptr[] = "\xc0\x0c\0\x0c\0\1\0\0\1\0\0\x12\4mail\7example\3org";
static const unsigned char listed[] = "\xc0\x0c\0\1\0\1\0\0\1\0\0\4\x7f\0\0\2";
static const unsigned char text[] = "\xc0\x0c\0\x10\0\1\0\0\1\0\0\7\6listed";

/* The end of the question, or NULL for what is none. */
static unsigned char *
question_end(unsigned char *b, ssize_t len)
{
	unsigned char *p = b + HEADER;

	while (p < b + len && *p != 0)
		p += *p + 1;
	return p + 5 <= b + len ? p + 5 : NULL;
}

static int
begins(const unsigned char *b, const char *name)
{
	return memcmp(b + HEADER, name, strlen(name)) == 0;
}

/* Turns the question into its answer. Returns its end. */
static unsigned char *
answer(unsigned char *b, unsigned char *end, int clean)
{
	int type = end[-4] << 8 | end[-3], is_test = begins(b, "\1" "2\1" "0\1" "0\3" "127");
	const unsigned char *record = NULL;
	size_t len = 0;

	if (type == TYPE_PTR) {
		record = ptr;
		len = sizeof ptr;		/* with the NUL, which ends the name */
	} else if (type == TYPE_TXT) {
		record = text;
		len = sizeof text - 1;
	} else if (type == TYPE_A && !begins(b, "\1" "1\1" "0\1" "0\3" "127") && (is_test || !clean)) {
		record = listed;
		len = sizeof listed - 1;
	}
	b[2] = 0x81;
	b[3] = record != NULL ? 0x80 : 0x83;	/* no such name */
	memset(b + 6, 0, 6);
	if (record == NULL)
		return end;
	b[7] = 1;
	memcpy(end, record, len);
	return end + len;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET }, from;
	socklen_t len = sizeof a;
	unsigned char b[1024], *end;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 8 << 20;
	int clean = argc > 1 && strcmp(argv[1], "-c") == 0;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (bind(fd, (struct sockaddr *)&a, len) == -1 || getsockname(fd, (struct sockaddr *)&a, &len) == -1) {
		perror("resolver");
		return 111;
	}
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	for (;;) {
		ssize_t n;

		len = sizeof from;
		n = recvfrom(fd, b, 512, 0, (struct sockaddr *)&from, &len);
		end = n > HEADER ? question_end(b, n) : NULL;
		if (end != NULL)
			sendto(fd, b, (size_t)(answer(b, end, clean) - b), 0, (struct sockaddr *)&from, len);
	}
}
