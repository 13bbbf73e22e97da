/*
 * terms: what holds for a client. See terms.h.
 */
#include "terms.h"

#include <stddef.h>

static void
forget_last(struct terms *t)
{
	if (t->last != NULL)
		policy_free(&t->own);
	t->last = NULL;
}

int
terms_refresh(struct terms *t, char why[REASON_MAX])
{
	const struct rules *old = t->rules;
	int ok = t->path == NULL || rules_open(&t->rules, t->path, t->may_lack, why);

	if (t->rules != old)
		forget_last(t);		/* a rule of the new file may lie where it did */
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

/* Most clients have the same rule as the one before. */
struct policy *
terms_of(struct terms *t, const struct rule *rule, char why[REASON_MAX])
{
	struct settings s;

	if (rule_variable(rule, NULL) == NULL)
		return t->usual;
	if (t->last == rule->data)
		return &t->own;
	forget_last(t);
	rule_settings(&s, rule, why);
	policy_read(&t->own, &s);
	if (s.bad > 0)
		return NULL;
	t->last = rule->data;
	return &t->own;
}
