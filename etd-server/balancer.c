/*
 * balancer: clients that come through a load balancer. See balancer.h.
 */
#include "balancer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "proxied.h"

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

enum introduction
balancer_hear(struct held *h, char why[REASON_MAX])
{
	char bytes[PROXIED_MAX];
	struct proxied p;
	ssize_t n = recv(h->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);

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
	if (recv(h->fd, bytes, p.length, MSG_DONTWAIT) != (ssize_t)p.length)
		return bad(strerror(errno), why);
	if (p.command != PROXIED_CLIENT)
		return INTRODUCTION_OWN;
	h->to = malloc(sizeof *h->to);
	if (h->to == NULL)
		return bad(strerror(errno), why);
	*h->to = p.to;
	h->address = p.from;
	return INTRODUCTION_DONE;
}
