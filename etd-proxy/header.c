/*
 * header: takes the PROXY header off a descriptor. See header.h, and proxied.h for how no byte
 * too many is taken.
 */
#include "header.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

enum { SKIP = 4096 };	/* at once; nothing of it is kept */

/* So many more bytes have come. */
static void
look(struct header *h, size_t n)
{
	h->progress = proxied_read(&h->proxied, h->bytes, h->len + n);
}

/* Takes off what has come of its beginning, which says all; a bad one may stay where it is. Returns what
   read(2) does. */
static ssize_t
take(struct header *h, int fd)
{
	char *at = h->bytes + h->len;
	size_t want = h->proxied.length - h->len;
	ssize_t n = recv(fd, at, sizeof h->bytes - h->len, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0) {
		look(h, (size_t)n);
		if (h->progress == PROXIED_BAD) {
			h->len += (size_t)n;
			return n;
		}
		want = (size_t)n;
		if (h->progress == PROXIED_DONE && want > h->proxied.length - h->len)
			want = h->proxied.length - h->len;
	} else if (n == 0 || errno != ENOTSOCK)
		return n;
	n = read(fd, at, want);
	if (n > 0) {
		h->len += (size_t)n;
		look(h, 0);
	}
	return n;
}

/* Takes off what has come of its rest. Returns what read(2) does. */
static ssize_t
skip(struct header *h, int fd)
{
	char rest[SKIP];
	size_t left = h->proxied.length - h->len;
	ssize_t n = read(fd, rest, left < sizeof rest ? left : sizeof rest);

	if (n > 0)
		h->len += (size_t)n;
	return n;
}

static int
take_all(struct header *h, int fd, int64_t end_ms, char why[REASON_MAX])
{
	struct pollfd in = { .fd = fd, .events = POLLIN };

	memset(h, 0, sizeof *h);
	look(h, 0);
	do {
		int ready = clock_poll(&in, 1, end_ms);
		ssize_t n;

		if (ready == 0)
			return reason(why, "%s", h->len == 0 ? proxied_none :
			    "the header was not complete in time");
		if (ready == -1)
			n = -1;
		else
			n = h->progress == PROXIED_DONE ? skip(h, fd) : take(h, fd);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		h->silent = h->len == 0 && (n == 0 || (n == -1 && errno == ECONNRESET));
		if (n == -1)
			return reason(why, "unable to read the header: %m");
		if (n == 0)
			return reason(why, "closed before the header was complete");
		if (h->progress == PROXIED_BAD)
			return reason(why, "%s", h->proxied.why);
	} while (h->progress == PROXIED_MORE || h->len < h->proxied.length);
	return 1;
}

int
header_take(struct header *h, int fd, int64_t timeout_ms, char why[REASON_MAX])
{
	int64_t start_ms = clock_ms();
	int taken = take_all(h, fd, start_ms + timeout_ms, why);

	h->waited_ms = clock_ms() - start_ms;
	return taken;
}
