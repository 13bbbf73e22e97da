/*
 * keep: when backends.cdb is written. See keep.h.
 */
#include "keep.h"

#include "clock.h"
#include "log.h"

enum {
	HEARTBEAT_MS = 60000,	/* whoever reads an older file thinks that checkd is dead */
	GRACE_MS = 60000,	/* for the first results, if nothing is up before */
	LOOK_MS = 1000,
	RETRY_MS = 1000,
	REMIND_MS = 60000
};

void
keep_begin(struct keep *k, const char *path, int64_t now_ms)
{
	k->path = path;
	k->write_ms = now_ms + RETRY_MS;
	k->look_ms = INT64_MAX;
}

int64_t
keep_due(const struct keep *k)
{
	return k->look_ms < k->write_ms ? k->look_ms : k->write_ms;
}

/* What fails again and again is said once. */
static void
note(int *failed, int ok, const char *why)
{
	if (!ok && !*failed)
		log_warning("%s", why);
	*failed = !ok;
}

int
keep_write(struct keep *k, const struct backends *backends, int64_t now_ms)
{
	char why[REASON_MAX], turn_why[REASON_MAX];
	struct counts counts = backends_count(backends);
	int64_t begun_ms = clock_ms();
	int ok = store_write(k->path, backends, &k->written, why);

	k->rest_ms = 2 * clock_ms() - begun_ms;
	k->late_ms = 0;
	note(&k->turn_failed, store_turn(k->path, turn_why), turn_why);
	note(&k->write_failed, ok, why);
	k->write_ms = now_ms + (ok ? HEARTBEAT_MS : RETRY_MS);
	k->look_ms = ok ? now_ms + LOOK_MS : INT64_MAX;
	if (ok && counts.serving == 0 && !k->none_up)
		log_warning("none up: %s lists %s", k->path, counts.possible > 0 ? "all" : "none");
	if (ok)
		k->none_up = counts.serving == 0;
	return ok;
}

/* Whether another hand has changed the file. */
static void
look(struct keep *k, int64_t now_ms)
{
	k->look_ms = now_ms + LOOK_MS;
	if (store_is(k->path, &k->written))
		return;
	if (now_ms >= k->remind_ms)
		log_warning("%s was changed by another program: it is written again", k->path);
	k->remind_ms = now_ms + REMIND_MS;
	k->write_ms = now_ms;
}

/* Before the first results there is nothing to say, if nothing else can be given clients. Each backend has
   its time for that; but if others are added again and again, they do not put it off for ever. */
static int
is_too_soon(struct keep *k, const struct backends *backends, int64_t now_ms)
{
	struct counts counts = backends_count(backends);

	if (counts.serving > 0 || counts.unknown == 0)
		return 0;
	if (k->late_ms == 0)
		k->late_ms = now_ms;
	return now_ms < counts.begun_ms + GRACE_MS && now_ms < k->late_ms + GRACE_MS;
}

int
keep_run(struct keep *k, const struct backends *backends, int64_t now_ms)
{
	if (now_ms >= k->look_ms)
		look(k, now_ms);
	if (k->changes != backends->changes && k->write_ms > k->rest_ms)
		k->write_ms = now_ms > k->rest_ms ? now_ms : k->rest_ms;
	k->changes = backends->changes;
	if (now_ms < k->write_ms)
		return 0;
	if (is_too_soon(k, backends, now_ms)) {
		k->write_ms = now_ms + RETRY_MS;
		return 0;
	}
	return keep_write(k, backends, now_ms);
}
