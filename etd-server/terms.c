/*
 * terms: what holds for a client. See terms.h.
 */
#include "terms.h"

#include <stddef.h>
#include <string.h>

int
terms_refresh(struct terms *t, char why[REASON_MAX])
{
	const struct rules *old = t->rules;
	int ok = t->path == NULL || rules_open(&t->rules, t->path, t->may_lack, why);

	if (t->rules != old)		/* a rule of the new file may lie where one of them did */
		for (int i = 0; i < TERMS_KEPT; i++)
			t->kept[i].rule.data = NULL;
	return ok;
}

void
terms_round(struct terms *t)
{
	t->looked = 0;
}

int
terms_rule(struct terms *t, const char *ip, const char *host, struct rule *rule, char why[REASON_MAX])
{
	if (!t->looked && terms_refresh(t, t->wrong))
		t->wrong[0] = '\0';
	t->looked = 1;
	if (t->wrong[0] != '\0')
		return reason(why, "%s", t->wrong);
	return rules_find(t->rules, ip, host, rule) || reason(why, "%s: damaged", t->path);
}

/* Many addresses may have rules with the same words. Those of an old file that is closed by now are not
   looked at, since no client has a rule of it. */
static int
is_same(const struct rule *a, const struct rule *b)
{
	return a->data != NULL && a->rules == b->rules && a->len == b->len &&
	    memcmp(a->data, b->data, a->len) == 0;
}

struct policy *
terms_of(struct terms *t, const struct rule *rule, char why[REASON_MAX])
{
	struct kept *k;
	struct settings s;

	if (rule_variable(rule, NULL) == NULL)
		return t->usual;
	for (int i = 0; i < TERMS_KEPT; i++)
		if (is_same(&t->kept[i].rule, rule))
			return &t->kept[i].policy;
	k = &t->kept[t->oldest];
	k->rule.data = NULL;
	rule_settings(&s, rule, why);
	policy_read(&k->policy, &s);
	if (s.bad > 0)
		return NULL;
	k->rule = *rule;
	t->oldest = (t->oldest + 1) % TERMS_KEPT;
	return &k->policy;
}

int
terms_class(struct terms *t, const struct policy *p, const char *host, enum class *class,
    char why[REASON_MAX])
{
	struct class_pattern *dynamic = patterns_find(&t->patterns, p->verdict.dynamic);

	if (dynamic == NULL)
		return reason(why, "unable to match its name: %m");
	return class_of(dynamic, host, class, why);
}
