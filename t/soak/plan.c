/*
 * plan: see plan.h.
 */
#include "plan.h"

/* Marsaglia's xorshift: cheap, and the same everywhere. */
static uint64_t
roll(uint64_t *dice, uint64_t sides)
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 7;
	*dice ^= *dice << 17;
	return (*dice >> 11) % sides;
}

static enum kind
some_kind(uint64_t *dice)
{
	static const struct { enum kind kind; unsigned below; } shares[] = { { LOCKSTEP, 16 }, { PIPELINED, 31 },
		{ BDAT, 43 }, { STARTTLS, 55 }, { SLOW, 57 }, { EARLY, 85 }, { SCANNER, 95 }, { VANISHING, 100 } };
	uint64_t r = roll(dice, 100);
	int i = 0;

	while (r >= shares[i].below)
		i++;
	return shares[i].kind;
}

/* Mostly small, as mail is. */
static size_t
some_bytes(uint64_t *dice)
{
	uint64_t r = roll(dice, 10000);

	if (r < 3)
		return 10000000;
	if (r < 30)
		return 1000000;
	return r < 300 ? 100000 : 1000 + roll(dice, 7000);
}

static long
some_time(uint64_t *dice, enum kind kind, long hold_ms)
{
	if (kind == EARLY)
		return roll(dice, 3) == 0 ? 0 : (long)roll(dice, (uint64_t)hold_ms);
	if (kind == SCANNER && roll(dice, 4) > 0)
		return (long)roll(dice, (uint64_t)hold_ms * 2);
	return -1;
}

/* Of those that are patient, some come back. */
static enum origin
some_origin(uint64_t *dice, enum kind kind)
{
	if (kind == LISTED)
		return ON_LIST;
	return kind < LISTED && roll(dice, 4) == 0 ? RETURNING : ONCE;
}

struct plan
plan_make(unsigned long number, long hold_ms, int headers, int lists)
{
	uint64_t dice = (number + 1) * 0x9e3779b97f4a7c15U;
	struct plan p = { .number = number };

	roll(&dice, 1);
	p.kind = lists && number % 64 == 5 ? LISTED : some_kind(&dice);
	p.bytes = some_bytes(&dice);
	p.act_at = some_time(&dice, p.kind, hold_ms);
	p.by_reset = (int)roll(&dice, 2);
	p.leave_at = (unsigned)roll(&dice, 1000);
	p.address = origin_address(number, some_origin(&dice, p.kind));
	if (headers) {
		int v6 = p.kind != LISTED && roll(&dice, 2);

		p.header_len = origin_header(p.header, p.address, v6, (int)roll(&dice, 2));
	}
	return p;
}

const char *
kind_name(enum kind kind)
{
	static const char *const names[] = { "lockstep", "pipelined", "slow", "bdat", "starttls", "listed", "early",
		"scanner", "vanishing" };

	return names[kind];
}
