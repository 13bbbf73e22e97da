/*
 * rules: what tcprules(1) has written. See rules.h.
 */
#include "rules.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "snapshot.h"

struct rules {
	unsigned users;		/* who opened it, and clients with a rule of it */
	struct snapshot file;
};

static void
let_go(struct rules *r)
{
	if (--r->users > 0)
		return;
	snapshot_close(&r->file);
	free(r);
}

static struct rules *
read_file(const char *path, char why[REASON_MAX])
{
	struct rules *r = calloc(1, sizeof *r);

	if (r != NULL && snapshot_open(&r->file, path)) {
		r->users = 1;
		return r;
	}
	reason(why, errno == EPROTO ? "unable to read %s: not a complete cdb" : "unable to read %s: %m",
	    path);
	free(r);
	return NULL;
}

int
rules_open(struct rules **rules, const char *path, int may_lack, char why[REASON_MAX])
{
	struct rules *fresh;
	struct stat file;

	if (stat(path, &file) == -1) {
		if (errno != ENOENT || !may_lack)
			return reason(why, "unable to read %s: %m", path);
		rules_close(rules);
		return 1;
	}
	if (*rules != NULL && snapshot_is(&(*rules)->file, &file))
		return 1;
	fresh = read_file(path, why);
	if (fresh == NULL)
		return 0;
	rules_close(rules);
	*rules = fresh;
	return 1;
}

void
rules_close(struct rules **rules)
{
	if (*rules != NULL)
		let_go(*rules);
	*rules = NULL;
}

/* What libcdb has found. Returns 1, or 0 where the file is damaged. */
static int
take(struct rules *r, struct rule *rule)
{
	rule->data = cdb_getdata(&r->file.cdb);
	rule->len = cdb_datalen(&r->file.cdb);
	if (rule->data == NULL)
		return 0;
	rule->rules = r;
	r->users++;
	return 1;
}

/* Returns what cdb_find does. */
static int
find(struct rules *r, const char *key, size_t len, struct rule *rule)
{
	int found = cdb_find(&r->file.cdb, key, (unsigned)len);

	return found <= 0 || take(r, rule) ? found : -1;
}

/* ucspi-tcp-ipv6 writes "::" for a single group of zeros too, where inet_ntop(3) does not. */
static const char *
as_tcpserver(const char *ip, char text[ADDRESS_SIZE])
{
	const char *zero = ip;

	if (strchr(ip, ':') == NULL || strstr(ip, "::") != NULL)
		return ip;
	while (zero[0] != '0' || (zero[1] != ':' && zero[1] != '\0')) {
		zero = strchr(zero, ':');
		if (zero++ == NULL)
			return ip;
	}
	snprintf(text, ADDRESS_SIZE, "%.*s%s:%s", (int)(zero - ip), ip, zero == ip ? ":" : "",
	    zero[1] == ':' ? zero + 2 : "");
	return text;
}

static int
find_by_prefix(struct rules *r, const char *ip, struct rule *rule)
{
	int found = 0;

	for (size_t len = strlen(ip); found == 0 && len > 0; len--)
		if (ip[len - 1] == '.' || ip[len - 1] == ':')
			found = find(r, ip, len, rule);
	return found;
}

/* From each dot of "=mail.example.org" on, and then any name. */
static int
find_by_suffix(struct rules *r, char *key, struct rule *rule)
{
	int found = 0;

	for (char *dot = key + 1; found == 0 && (dot = strchr(dot, '.')) != NULL; dot++) {
		dot[-1] = '=';		/* before it nothing is needed any more */
		found = find(r, dot - 1, strlen(dot - 1), rule);
	}
	return found == 0 ? find(r, "=", 1, rule) : found;
}

int
rules_find(struct rules *r, const char *ip, const char *host, struct rule *rule)
{
	char key[RULES_KEY_MAX], text[ADDRESS_SIZE];
	int found, named = *host != '\0' && strlen(host) < sizeof key - 1;

	*rule = (struct rule){ 0 };
	if (r == NULL)
		return 1;
	ip = as_tcpserver(ip, text);
	key[0] = '=';
	strcpy(key + 1, named ? host : "");
	found = find(r, ip, strlen(ip), rule);
	if (found == 0 && named)
		found = find(r, key, strlen(key), rule);
	if (found == 0)
		found = find_by_prefix(r, ip, rule);
	if (found == 0 && named)
		found = find_by_suffix(r, key, rule);
	if (found == 0)
		found = find(r, "", 0, rule);
	return found >= 0;
}

void
rule_end(struct rule *rule)
{
	if (rule->rules != NULL)
		let_go(rule->rules);
	*rule = (struct rule){ 0 };
}

int
rules_next(struct rules *r, unsigned *at, char key[RULES_KEY_MAX], struct rule *rule)
{
	const char *what;

	*rule = (struct rule){ 0 };
	if (r == NULL || snapshot_next(&r->file, at) <= 0)
		return 0;
	what = cdb_getkey(&r->file.cdb);
	if (what == NULL || !take(r, rule))
		return 0;
	snprintf(key, RULES_KEY_MAX, "%.*s", (int)cdb_keylen(&r->file.cdb), what);
	return 1;
}

/* The entry behind the NUL of this one, or the first; NULL after the last whole one. */
static const char *
next(const struct rule *rule, const char *entry)
{
	const char *end;

	if (rule->data == NULL)
		return NULL;
	end = rule->data + rule->len;
	entry = entry == NULL ? rule->data : entry + strlen(entry) + 1;
	return memchr(entry, '\0', (size_t)(end - entry)) != NULL ? entry : NULL;
}

int
rule_denies(const struct rule *rule)
{
	for (const char *e = NULL; (e = next(rule, e)) != NULL;)
		if (*e == 'D')
			return 1;
	return 0;
}

const char *
rule_variable(const struct rule *rule, const char *after)
{
	while ((after = next(rule, after)) != NULL)
		if (*after == '+' && strchr(after, '=') != NULL)
			return after + 1;
	return NULL;
}

const char *
rule_value(const struct rule *rule, const char *name)
{
	const char *value = NULL;
	size_t len = strlen(name);

	for (const char *v = NULL; (v = rule_variable(rule, v)) != NULL;)
		if (strncmp(v, name, len) == 0 && v[len] == '=')
			value = v + len + 1;
	return value;
}

static const char *
from_rule(const void *rule, const char *name)
{
	const char *value = rule_value(rule, name);

	return value != NULL ? value : getenv(name);
}

void
rule_settings(struct settings *s, const struct rule *rule, char why[REASON_MAX])
{
	setting_environment(s, why);
	s->get = from_rule;
	s->from = rule;
}
