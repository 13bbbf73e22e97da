/*
 * early: see early.h.
 */
#include "early.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

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

int
early_talk(int fd, unsigned long number)
{
	int i = (int)(number % TALKS);

	if (send(fd, talk[i].text, talk[i].len, talk[i].flags | MSG_DONTWAIT | MSG_NOSIGNAL) == -1 && errno == EAGAIN)
		return 0;
	if (talk[i].fin)
		shutdown(fd, SHUT_WR);
	return 1;
}
