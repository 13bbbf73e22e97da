/*
 * talk: whether a client has said something before its turn, and what. See talk.h.
 */
#include "talk.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum talk
talk_judge(int fd, short revents)
{
	int bytes;

	if (revents == 0)
		return TALK_SILENT;
	if (revents & POLLPRI)
		return TALK_EARLY;
	if (revents & POLLNVAL) {
		errno = EBADF;
		return TALK_ERROR;
	}
	/* FIONREAD counts the bytes that wait to be read, on sockets and pipes alike, and after a
	   reset, too. A FIN is none of them. */
	if (ioctl(fd, FIONREAD, &bytes) == -1)
		return TALK_ERROR;
	return bytes > 0 ? TALK_EARLY : TALK_HANGUP;
}

enum talk
talk_look(int fd)
{
	struct pollfd in = { .fd = fd, .events = TALK_EVENTS };

	return poll(&in, 1, 0) == -1 ? TALK_ERROR : talk_judge(fd, in.revents);
}

/* What is in the pipe, by way of another one: tee(2) takes nothing out. */
static ssize_t
peek_pipe(int fd, char *text, size_t size)
{
	ssize_t n;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	n = tee(fd, ends[1], size, SPLICE_F_NONBLOCK);
	if (n > 0)
		n = read(ends[0], text, size);
	close(ends[0]);
	close(ends[1]);
	return n;
}

/* Returns what recv(2) does. */
static ssize_t
peek(struct words *w, int fd)
{
	ssize_t n = recv(fd, w->text, sizeof w->text, MSG_PEEK | MSG_DONTWAIT);
	int bytes;

	if (n == -1 && errno == ENOTSOCK)
		n = peek_pipe(fd, w->text, sizeof w->text);
	w->len = n > 0 ? (size_t)n : 0;
	w->bytes = (int)w->len;
	/* Both stop before an urgent byte, though there may be more behind it. */
	if (w->len == sizeof w->text && ioctl(fd, FIONREAD, &bytes) != -1 && bytes > w->bytes)
		w->bytes = bytes;
	return n;
}

void
talk_peek(struct words *w, int fd)
{
	peek(w, fd);
}

enum talk
talk_hear(struct words *w, int fd, short revents)
{
	ssize_t n;

	if (revents == 0)
		return TALK_SILENT;
	n = peek(w, fd);
	if (n > 0 || revents & POLLPRI)
		return TALK_EARLY;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return TALK_SILENT;
	return TALK_HANGUP;
}

const char *const talk_kinds[TALK_KINDS] = { "smtp", "tls", "http", "proxy", "quit", "binary" };

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

/* QUIT and nothing else: who is tired of waiting, and says so. */
static int
is_quit(const struct words *w)
{
	return w->bytes == (int)w->len && w->len >= 5 && w->len <= 6 &&
	    strncasecmp(w->text, w->len == 5 ? "QUIT\n" : "QUIT\r\n", w->len) == 0;
}

const char *
talk_kind(const struct words *w)
{
	if (is_quit(w))
		return "quit";
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (w->len >= kinds[i].len && begins(w->text, kinds[i].begin, kinds[i].len))
			return kinds[i].kind;
	return "binary";
}
