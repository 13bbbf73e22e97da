/*
 * balancer: clients that come through a load balancer. See balancer.h.
 */
#include "balancer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "proxied.h"

enum { SKIP = 4096 };	/* bytes of a header at once; none is kept */

void
balancers_read(struct balancers *b, struct settings *s)
{
	const char *text = setting_filled(s, "ETD_PROXY_FROM");
	char one[NETWORK_SIZE];

	b->n = 0;
	for (; text != NULL && *(text += strspn(text, " ")) != '\0'; text += strcspn(text, " ")) {
		size_t len = strcspn(text, " ");

		if (b->n == BALANCERS_MAX) {
			setting_bad(s, "ETD_PROXY_FROM: more than %d addresses and networks", BALANCERS_MAX);
			return;
		}
		one[0] = '\0';
		if (len < sizeof one)
			strncat(one, text, len);
		if (!network_parse(&b->all[b->n++], one))
			setting_bad(s, "ETD_PROXY_FROM=%s: not addresses and networks", text);
	}
}

int
balancers_have(const struct balancers *b, const struct address *a)
{
	for (int i = 0; i < b->n; i++)
		if (network_has(&b->all[i], a))
			return 1;
	return 0;
}

static enum introduction
bad(const char *what, char why[REASON_MAX])
{
	reason(why, "PROXY header: %s", what);
	return INTRODUCTION_BAD;
}

/* What a whole header has said. */
static enum introduction
introduced(struct held *h)
{
	if (h->ends == NULL)
		return INTRODUCTION_OWN;
	h->address = h->ends->from;
	return INTRODUCTION_DONE;
}

/* Reads and drops what has come of the header, up to its end: until nothing more is there, since only
   more is an event. */
static enum introduction
skip(struct held *h, char why[REASON_MAX])
{
	char rest[SKIP];

	while (h->drain > 0) {
		ssize_t n = recv(h->fd, rest, h->drain < sizeof rest ? h->drain : sizeof rest, MSG_DONTWAIT);

		if (n == 0)
			return bad("the connection ends within it", why);
		if (n == -1)
			return errno == EAGAIN ? INTRODUCTION_MORE : INTRODUCTION_GONE;
		h->drain -= (size_t)n;
	}
	return introduced(h);
}

enum introduction
balancer_hear(struct held *h, char why[REASON_MAX])
{
	char bytes[PROXIED_HEAD];
	struct proxied p;
	ssize_t n;

	if (h->drain > 0)
		return skip(h, why);
	n = recv(h->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return INTRODUCTION_MORE;
	if (n <= 0)
		return INTRODUCTION_GONE;
	switch (proxied_read(&p, bytes, (size_t)n)) {
	case PROXIED_MORE:
		return h->closed ? bad("the connection ends within it", why) : INTRODUCTION_MORE;
	case PROXIED_BAD:
		return bad(p.why, why);
	case PROXIED_DONE:
		break;
	}
	if (p.command == PROXIED_CLIENT) {
		h->ends = malloc(sizeof *h->ends);
		if (h->ends == NULL)
			return bad(strerror(errno), why);
		*h->ends = (struct ends){ .from = p.from, .to = p.to };
	}
	h->drain = p.length;
	return skip(h, why);
}

const char *
balancer_late(const struct held *h)
{
	char byte;

	if (h->drain == 0 && recv(h->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 1)
		return proxied_none;
	return "it was not complete in time";
}
