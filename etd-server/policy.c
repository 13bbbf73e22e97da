/*
 * policy: what is done with a client. See policy.h.
 */
#include "policy.h"

#include <stddef.h>
#include <string.h>

#include "number.h"

enum { DAY_S = 86400, YEAR_S = 365 * DAY_S };

/* "32/64": bits of IPv4 and of IPv6. */
static void
read_net(struct policy *p, struct settings *s)
{
	const char *text = setting_filled(s, "ETD_NET"), *slash;
	char first[8] = "";
	int64_t bits4 = 32, bits6 = 64;

	if (text != NULL) {
		slash = strchr(text, '/');
		if (slash != NULL && (size_t)(slash - text) < sizeof first)
			memcpy(first, text, (size_t)(slash - text));
		if (!number_parse(first, 8, 32, &bits4) || !number_parse(slash + 1, 16, 128, &bits6))
			setting_bad(s, "ETD_NET=%s: not bits of IPv4 (8 to 32) and IPv6 (16 to 128), "
			    "such as 32/64", text);
	}
	p->bits4 = (int)bits4;
	p->bits6 = (int)bits6;
}

void
policy_read(struct policy *p, struct settings *s)
{
	verdict_read(&p->verdict, s);
	read_net(p, s);
	p->per_client = setting_filled(s, "ETD_PER_CLIENT") == NULL ? 0 :
	    setting_number(s, "ETD_PER_CLIENT", 0, 0, 1000000);
	p->remember = setting_filled(s, "ETD_PASSED") != NULL;
	p->passed_s = setting_filled(s, "ETD_PASSED_TTL") == NULL ? DAY_S :
	    setting_number(s, "ETD_PASSED_TTL", DAY_S, 1, YEAR_S);
	p->stress_ms = setting_filled(s, "ETD_STRESS_DELAY") == NULL ? -1 :
	    setting_seconds(s, "ETD_STRESS_DELAY", -1, 1, HOLD_MAX_MS);
	score_read(&p->score, s);
}

/* Stress makes no client exempt that is not. */
int64_t
policy_hold(const struct policy *p, enum class class, int stressed)
{
	int64_t hold_ms = verdict_hold(&p->verdict, class);

	return stressed && p->stress_ms >= 0 && p->stress_ms < hold_ms ? p->stress_ms : hold_ms;
}

void
policy_network(const struct policy *p, const struct address *a, struct network *n)
{
	network_of(n, a, a->any.sa_family == AF_INET6 ? p->bits6 : p->bits4);
}
