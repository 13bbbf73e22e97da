/*
 * check: what etd-connect -c looks at. See check.h.
 */
#include "check.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "dial.h"
#include "log.h"

enum { TOLD_MAX = 100 };	/* backends */

/* A backend has as many slots as its weight says, and is told once. */
struct told {
	int n;
	char names[TOLD_MAX][RECORD_NAME_MAX + 1];
};

static int
is_told(const struct told *told, const char *name)
{
	for (int i = 0; i < told->n; i++)
		if (strcmp(told->names[i], name) == 0)
			return 1;
	return 0;
}

/* The socket for a client with an address of the backend's family, one for documentation
   (RFC 5737, RFC 3849): nothing is connected to. It is here that source=client needs privilege.
   Returns 1, or 0 with errno. */
static int
try_socket(const struct record *r)
{
	struct address client;
	int fd;

	address_parse_ip(&client, r->address.any.sa_family == AF_INET ? "192.0.2.1" : "2001:db8::1");
	fd = dial_socket(r, &client);
	if (fd == -1)
		return 0;
	close(fd);
	return 1;
}

static void
tell(struct settings *s, const struct record *r)
{
	char ip[ADDRESS_SIZE];

	if (r->route.from_client)
		setting_bad(s, "%s: source=client: unable to use the client's address: %s", r->name,
		    strerror(errno));
	else if (r->route.source.len > 0)
		setting_bad(s, "%s: source=%s: %s", r->name, address_ip(&r->route.source, ip),
		    strerror(errno));
	else
		setting_bad(s, "%s: unable to make a socket: %s", r->name, strerror(errno));
}

static void
check_list(struct settings *s, const char *path)
{
	struct list list = { .fd = -1 };
	struct told told = { 0 };
	struct record r;
	char why[REASON_MAX];
	int whole = list_open(&list, path, why);

	for (int64_t slot = 0; whole && slot < list.slots && told.n < TOLD_MAX; slot++) {
		whole = list_record(&list, slot, &r, why);
		if (whole && !is_told(&told, r.name) && !try_socket(&r)) {
			tell(s, &r);
			strcpy(told.names[told.n++], r.name);
		}
	}
	if (!whole)
		setting_bad(s, "%s", why);
	else if (list.slots == 0)
		log_warning("%s lists no backend: clients are told 421", path);
	list_close(&list);
}

int
check(struct settings *environment, const char *path, int relays)
{
	struct config config;
	char why[REASON_MAX];

	environment->tell = log_error;
	config_read(&config, environment, relays);
	check_list(environment, path);
	if (!account_become(&config.account, why))
		setting_bad(environment, "%s", why);
	return log_checked(environment->bad);
}
