/*
 * options: what etd-server is told. See options.h.
 */
#include "options.h"

#include <stddef.h>
#include <unistd.h>

#include "log.h"
#include "number.h"
#include "setting.h"

enum {
	BACKLOG = 1024,		/* the kernel's own limit may be lower */
	PROGRAMS = 40,
	ID_MAX = 0x7fffffff,
	MANY = 1 << 20
};

static int
number(const char *option, const char *text, int64_t min, int64_t max, int64_t *n,
    char why[REASON_MAX])
{
	return number_parse(text, min, max, n) ||
	    reason(why, "%s %s: not a whole number from %lld to %lld", option, text, (long long)min,
	    (long long)max);
}

static int
account(struct account *a, int option, const char *text, char why[REASON_MAX])
{
	int64_t id;

	if (!number(option == 'u' ? "-u" : "-g", text, 0, ID_MAX, &id, why))
		return 0;
	if (option == 'u')
		a->uid = (uid_t)id;
	else
		a->gid = (gid_t)id;
	a->wanted = 1;
	return 1;
}

/* One option; those that change nothing here are taken for those who had them for tcpserver. */
static int
take(struct options *o, int option, char why[REASON_MAX])
{
	struct settings environment;
	struct account named;

	switch (option) {
	case '1': o->print_port = 1; break;
	case 'b': return number("-b", optarg, 1, 65535, &o->backlog, why);
	case 'c': return number("-c", optarg, 1, MANY, &o->programs, why);
	case 'd': o->no_delay = 0; break;
	case 'D': o->no_delay = 1; break;
	case 'g': case 'u': return account(&o->account, option, optarg, why);
	case 'h': o->ask_names = 1; break;
	case 'H': o->ask_names = 0; break;
	case 'l': o->local = optarg; break;
	case 'p': o->confirm = 1; break;
	case 'P': o->confirm = 0; break;
	case 'R': break;
	case 'U':
		setting_environment(&environment, why);
		account_read(&named, &environment);
		if (named.wanted)
			o->account = named;
		return environment.bad == 0;
	case 'x': o->rules = optarg; break;
	case 'X': o->rules_may_lack = 1; break;
	default:
		why[0] = '\0';
		return log_option(option);
	}
	return 1;
}

static int
read_environment(struct options *o, char why[REASON_MAX])
{
	struct settings s;
	const char *resolvers;
	enum class class;

	setting_environment(&s, why);
	policy_read(&o->policy, &s);
	resolvers = setting_filled(&s, "DNSCACHEIP");
	if (resolvers != NULL && !resolvers_parse(&o->resolvers, resolvers))
		setting_bad(&s, "DNSCACHEIP=%s: not addresses of resolvers", resolvers);
	balancers_read(&o->balancers, &s);
	o->proxy_timeout_ms = setting_seconds(&s, "ETD_PROXY_TIMEOUT", 5000, 1, 60000);
	o->passed = setting_filled(&s, "ETD_PASSED");
	o->counts = setting_filled(&s, "ETD_COUNTS");
	o->dns_timeout_ms = setting_seconds(&s, "ETD_DNS_TIMEOUT", 10000, 1, 60000);
	o->held = setting_number(&s, "ETD_HELD", 0, 1, MANY);
	/* Any name will do to see whether ETD_DYNAMIC can be compiled. */
	return s.bad == 0 && class_of(&o->policy.verdict.dynamic, "a", &class, why);
}

int
options_read(struct options *o, int argc, char **argv, char why[REASON_MAX])
{
	int option;

	*o = (struct options){ .ask_names = 1, .backlog = BACKLOG, .programs = PROGRAMS,
		.account = { .uid = getuid(), .gid = getgid() } };
	opterr = 0;
	while ((option = getopt(argc, argv, "+1b:c:dDg:hHl:pPqQRu:Uvx:X")) != -1)
		if (!take(o, option, why))
			return 0;
	o->rest = argv + optind;
	return read_environment(o, why);
}
