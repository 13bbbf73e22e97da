/*
 * check: what checkd -c says of a source without a mistake. See check.h.
 */
#include "check.h"

#include <ifaddrs.h>
#include <string.h>

#include "ask.h"
#include "log.h"
#include "lookup.h"
#include "seen.h"

static void
check_host(struct entry *e)
{
	struct question question;
	struct answer answer;

	if (e->host[0] == '\0')
		return;
	lookup_question(&question, e->host, &e->record);
	lookup_ask(&question, &answer);
	if (answer.why[0] != '\0')
		log_warning("%s: %s does not resolve: %s", e->record.name, e->host, answer.why);
	else
		e->record.address = answer.address;
}

static int
is_same_ip(const struct address *a, const struct sockaddr *other)
{
	if (other == NULL || other->sa_family != a->any.sa_family)
		return 0;
	if (other->sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == ((const struct sockaddr_in *)other)->sin_addr.s_addr;
	return other->sa_family == AF_INET6 && memcmp(&a->v6.sin6_addr,
	    &((const struct sockaddr_in6 *)other)->sin6_addr, sizeof a->v6.sin6_addr) == 0;
}

/* A connection to 0.0.0.0 or to :: arrives at this host, too. */
static int
is_own(const struct address *a, const struct ifaddrs *own)
{
	if (a->any.sa_family == AF_INET && (a->v4.sin_addr.s_addr == htonl(INADDR_ANY) ||
	    ntohl(a->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET))
		return 1;
	if (a->any.sa_family == AF_INET6 && (IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr) ||
	    IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr)))
		return 1;
	for (; own != NULL; own = own->ifa_next)
		if (is_same_ip(a, own->ifa_addr))
			return 1;
	return 0;
}

/* checkd cannot know where the front listens. As a rule it has port 25 of this host, and a mail
   server on this host has another port. */
static void
check_loop(const struct entry *e, const struct ifaddrs *own)
{
	const struct address *a = &e->record.address;

	if (a->len > 0 && address_port(a) == 25 && is_own(a, own))
		log_warning("%s is port 25 of this host: if the front listens there, its clients "
		    "go round in circles", e->record.name);
}

static int
compare(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->record.address.len != b->record.address.len)
		return a->record.address.len < b->record.address.len ? -1 : 1;
	return memcmp(&a->record.address.any, &b->record.address.any, a->record.address.len);
}

/* One server under two names gets two shares, and is probed twice as often. */
static void
check_twins(const struct entry *e, struct seen *servers)
{
	const struct entry *first;
	char text[ADDRESS_SIZE];

	if (e->record.address.len == 0)
		return;
	first = seen_add(servers, e);
	if (first != NULL && first != e)
		log_warning("%s has the address of %s: %s", e->record.name, first->record.name,
		    address_text(&e->record.address, text));
}

static void
check_backend(const struct entry *e, const struct ifaddrs *own, struct seen *servers)
{
	if (e->record.route.proxy == 0 && !e->record.route.from_client)
		log_warning("%s sees this host's address for every client: "
		    "it must not relay for this host", e->record.name);
	if (e->options.disabled)
		return;
	check_loop(e, own);
	check_twins(e, servers);
}

void
check(struct source *source, const char *path)
{
	struct seen servers = { .compare = compare };
	struct ifaddrs *own = NULL;
	struct logfmt l;
	size_t backup = 0, disabled = 0;

	if (getifaddrs(&own) == -1)
		log_warning("unable to find out this host's addresses: %m");
	for (size_t i = 0; i < source->n; i++) {
		backup += source->entries[i].options.backup != 0;
		disabled += source->entries[i].options.disabled != 0;
		check_host(&source->entries[i]);
		check_backend(&source->entries[i], own, &servers);
	}
	seen_free(&servers);
	if (own != NULL)
		freeifaddrs(own);
	ask(source);
	if (disabled == source->n)
		log_warning("all backends are disabled: clients are told 421");
	log_begin(&l, "good");
	logfmt_text(&l, "source", path);
	logfmt_number(&l, "backends", (int64_t)source->n);
	logfmt_number(&l, "backup", (int64_t)backup);
	logfmt_number(&l, "disabled", (int64_t)disabled);
	log_end(&l, LOG_PROBLEM);
}
