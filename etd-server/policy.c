/*
 * policy: what is done with a client. See policy.h.
 */
#include "policy.h"

void
policy_read(struct policy *p, struct settings *s)
{
	verdict_read(&p->verdict, s);
}

void
policy_free(struct policy *p)
{
	class_free(&p->verdict.dynamic);
}
