/*
 * options: what etd-server is told. See options.h.
 */
#include "options.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "number.h"
#include "passed.h"
#include "renewal.h"
#include "setting.h"

enum {
	BACKLOG = 1024,		/* the kernel's own limit may be lower */
	PROGRAMS = 40,
	ID_MAX = 0x7fffffff,
	MANY = 1 << 20
};

static void
number(struct settings *s, int option, const char *text, int64_t min, int64_t max, int64_t *n)
{
	if (!number_parse(text, min, max, n))
		setting_bad(s, "-%c %s: not a whole number from %lld to %lld", option, text,
		    (long long)min, (long long)max);
}

static void
account(struct settings *s, struct account *a, int option, const char *text)
{
	int64_t id = 0;

	number(s, option, text, 0, ID_MAX, &id);
	if (option == 'u')
		a->uid = (uid_t)id;
	else
		a->gid = (gid_t)id;
	a->wanted = 1;
}

/* One option; those that change nothing here are taken for those who had them for tcpserver. Returns 0
   for one that is none. */
static int
take(struct options *o, int option, struct settings *s)
{
	struct account named;

	switch (option) {
	case '1': o->print_port = 1; break;
	case 'b': number(s, option, optarg, 1, 65535, &o->backlog); break;
	case 'c': number(s, option, optarg, 1, MANY, &o->programs); break;
	case 'd': o->no_delay = 0; break;
	case 'D': o->no_delay = 1; break;
	case 'g': case 'u': account(s, &o->account, option, optarg); break;
	case 'h': o->ask_names = 1; break;
	case 'H': o->ask_names = 0; break;
	case 'l': o->local = optarg; break;
	case 'n': o->only_check = 1; break;
	case 'p': o->confirm = 1; break;
	case 'P': o->confirm = 0; break;
	case 'R': break;
	case 'U':
		account_read(&named, s);
		if (named.wanted)
			o->account = named;
		break;
	case 'x': o->rules = optarg; break;
	case 'X': o->rules_may_lack = 1; break;
	default: return log_option(option);
	}
	return 1;
}

static void
check_written(struct settings *s, const char *variable, const char *path, size_t len)
{
	char name[PATH_MAX], why[REASON_MAX];

	snprintf(name, sizeof name, "%.*s", (int)len, path);
	if (!renewal_suits(name, why))
		setting_bad(s, "%s: %s", variable, why);
}

/* Of the files that ETD_PASSED names the first one is written. */
static void
read_files(struct options *o, struct settings *s)
{
	char why[REASON_MAX];
	const char *first;

	o->passed = setting_filled(s, "ETD_PASSED");
	if (o->passed != NULL && !passed_paths_good(o->passed, why)) {
		setting_bad(s, "%s", why);
		o->passed = NULL;
	}
	if (o->passed != NULL) {
		first = o->passed + strspn(o->passed, " ");
		check_written(s, "ETD_PASSED", first, strcspn(first, " "));
	}
	o->counts = setting_filled(s, "ETD_COUNTS");
	if (o->counts != NULL)
		check_written(s, "ETD_COUNTS", o->counts, strlen(o->counts));
}

static void
read_environment(struct options *o, struct settings *s)
{
	const char *resolvers;

	policy_read(&o->policy, s);
	verdict_check_dynamic(&o->policy.verdict, s);
	resolvers = setting_filled(s, "DNSCACHEIP");
	if (resolvers != NULL && !resolvers_parse(&o->resolvers, resolvers))
		setting_bad(s, "DNSCACHEIP=%s: not addresses of resolvers", resolvers);
	balancers_read(&o->balancers, s);
	o->proxy_timeout_ms = setting_seconds(s, "ETD_PROXY_TIMEOUT", 5000, 1, 60000);
	read_files(o, s);
	o->dns_timeout_ms = setting_seconds(s, "ETD_DNS_TIMEOUT", 10000, 1, 60000);
	o->held = setting_number(s, "ETD_HELD", 0, 1, MANY);
}

int
options_read(struct options *o, int argc, char **argv, struct settings *environment)
{
	int option;

	*o = (struct options){ .ask_names = 1, .backlog = BACKLOG, .programs = PROGRAMS,
		.account = { .uid = getuid(), .gid = getgid() } };
	opterr = 0;
	while ((option = getopt(argc, argv, "+1b:c:dDg:hHl:npPqQRu:Uvx:X")) != -1)
		if (!take(o, option, environment))
			return 0;
	o->rest = argv + optind;
	read_environment(o, environment);
	return 1;
}
