/*
 * check: what etd-server -n looks at. See check.h.
 */
#include "check.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "connection.h"
#include "dns.h"
#include "front.h"
#include "log.h"
#include "passed.h"
#include "rules.h"

/* The rule alone: a bad variable of the environment is told once, and not with each rule. */
static const char *
own(const void *rule, const char *name)
{
	return rule_value(rule, name);
}

/* Whether a client with that rule could have its variables. */
static void
check_room(struct settings *s, const struct rule *rule)
{
	struct held client = { .rule = *rule };
	struct chain chain = { 0 };
	char why[REASON_MAX];

	address_parse_ip(&client.address, "127.0.0.1");
	if (!connection_set(&chain, &client, NULL, NULL, why))
		setting_bad(s, "%s", why);
}

static void
check_rule(struct settings *s, const char *path, const char *key, const struct rule *rule)
{
	struct settings settings;
	struct policy policy;
	char why[REASON_MAX], whose[REASON_MAX];

	snprintf(whose, sizeof whose, "%s: %s%s: ", path, *key != '\0' ? "rule " : "the empty rule",
	    key);
	rule_settings(&settings, rule, why);
	settings.get = own;
	settings.tell = s->tell;
	settings.whose = whose;
	policy_read(&policy, &settings);
	verdict_check_dynamic(&policy.verdict, &settings);
	check_room(&settings, rule);
	s->bad += settings.bad;
}

static void
check_rules(struct settings *s, const struct options *o)
{
	struct rules *rules = NULL;
	struct rule rule;
	char why[REASON_MAX], key[RULES_KEY_MAX];
	unsigned at = 0;

	if (o->rules == NULL)
		return;
	if (!rules_open(&rules, o->rules, o->rules_may_lack, why)) {
		setting_bad(s, "%s", why);
		return;
	}
	while (rules_next(rules, &at, key, &rule)) {
		check_rule(s, o->rules, key, &rule);
		rule_end(&rule);
	}
	rules_close(&rules);
}

/* A file may be made later, but not in a directory that does not exist, or is closed to the account. */
static void
check_writable(const char *variable, const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int len = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);

	if (snprintf(directory, sizeof directory, "%.*s", len, slash == NULL ? "." : path) >= (int)sizeof directory)
		errno = ENAMETOOLONG;
	else if (access(directory, W_OK | X_OK) != -1)
		return;
	log_warning("%s: unable to write in the directory of %s: %m", variable, path);
}

/* A damaged or missing file is no more than a warning, as at the start. */
static void
check_passed(struct settings *s, const struct options *o)
{
	static struct passed passed;
	char why[REASON_MAX];

	if (o->passed == NULL)
		return;
	if (!passed_open(&passed, o->passed, o->policy.passed_s, why)) {
		if (passed.path == NULL) {
			setting_bad(s, "%s", why);
			return;
		}
		log_warning("%s: it will be replaced", why);
	}
	check_writable("ETD_PASSED", passed.path);
	for (int at = 0; passed_next_unread(&passed, &at, why);)
		log_warning("%s: nobody in it is remembered until it can be read", why);
}

int
check(const struct options *o, struct settings *environment)
{
	static struct dns dns;		/* it lasts as long as the process */
	char why[REASON_MAX];
	size_t max;

	dns.resolvers = &o->resolvers;
	dns.timeout_ms = o->dns_timeout_ms;
	/* In the order of the start: the account must be able to read the rules. */
	if (!account_become(&o->account, why))
		setting_bad(environment, "%s", why);
	if (!front_room(o->held, &max, why))
		setting_bad(environment, "%s", why);
	check_rules(environment, o);
	check_passed(environment, o);
	if (o->counts != NULL)
		check_writable("ETD_COUNTS", o->counts);
	if (!dns_open(&dns, why))
		setting_bad(environment, "%s", why);
	return log_checked(environment->bad);
}
