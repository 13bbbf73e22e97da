/*
 * early: what an early talker said. See early.h.
 */
#include "early.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* What is in the pipe on descriptor 0, by way of another one: Linux's tee(2) takes nothing out. */
static ssize_t
peek_pipe(char *text, size_t size)
{
	ssize_t n = -1;
#ifdef SPLICE_F_NONBLOCK
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	n = tee(0, ends[1], size, SPLICE_F_NONBLOCK);
	if (n > 0)
		n = read(ends[0], text, size);
	close(ends[0]);
	close(ends[1]);
#else
	(void)text, (void)size;
#endif
	return n;
}

void
early_peek(struct early *early)
{
	ssize_t n = recv(0, early->text, sizeof early->text, MSG_PEEK | MSG_DONTWAIT);

	if (n == -1 && errno == ENOTSOCK)
		n = peek_pipe(early->text, sizeof early->text);
	early->len = n > 0 ? (size_t)n : 0;
}

static const struct {
	const char *kind, *begin;
	size_t len;
} kinds[] = {
#define KIND(kind, begin) { kind, begin, sizeof begin - 1 }
	KIND("smtp", "EHLO"),
	KIND("smtp", "HELO"),
	KIND("smtp", "LHLO"),
	KIND("smtp", "MAIL"),
	KIND("smtp", "RCPT"),
	KIND("smtp", "DATA"),
	KIND("smtp", "RSET"),
	KIND("smtp", "NOOP"),
	KIND("smtp", "QUIT"),
	KIND("smtp", "HELP"),
	KIND("smtp", "VRFY"),
	KIND("smtp", "EXPN"),
	KIND("smtp", "AUTH"),
	KIND("smtp", "STARTTLS"),
	KIND("tls", "\x16\x03"),			/* RFC 8446 5.1: handshake record */
	KIND("http", "GET "),
	KIND("http", "HEAD "),
	KIND("http", "POST "),
	KIND("http", "PUT "),
	KIND("http", "OPTIONS "),
	KIND("http", "CONNECT "),
	KIND("http", "PRI * HTTP"),
	KIND("proxy", "PROXY "),
	KIND("proxy", "\r\n\r\n\0\r\nQUIT\n"),		/* version 2's signature */
#undef KIND
};

/* Without case, and past NUL bytes. */
static int
begins(const char *text, const char *begin, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (toupper((unsigned char)text[i]) != toupper((unsigned char)begin[i]))
			return 0;
	return 1;
}

const char *
early_kind(const struct early *early)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (early->len >= kinds[i].len && begins(early->text, kinds[i].begin, kinds[i].len))
			return kinds[i].kind;
	return "binary";
}
