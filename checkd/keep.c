/*
 * keep: when backends.cdb is written. See keep.h.
 */
#include "keep.h"

#include "clock.h"
#include "log.h"

enum {
	HEARTBEAT_MS = 60000,	/* readers take an older file for a dead checkd */
	GRACE_MS = 60000,	/* for the first results, where nothing else is up */
	LOOK_MS = 1000,
	RETRY_MS = 1000,
	REMIND_MS = 60000
};

void
keep_begin(struct keep *k, const char *path)
{
	k->path = path;
	keep_anew(k);
	k->write_ms += RETRY_MS;
	k->look_ms = INT64_MAX;
}

void
keep_anew(struct keep *k)
{
	k->begin_ms = clock_ms();
	k->write_ms = k->begin_ms;
}

void
keep_changed(struct keep *k)
{
	k->write_ms = clock_ms();
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
keep_write(struct keep *k, const struct source *source)
{
	char why[REASON_MAX], turn_why[REASON_MAX];
	int up = source_serving(source) > 0;
	int ok = store_write(k->path, source, &k->written, why);

	note(&k->turn_failed, store_turn(k->path, turn_why), turn_why);
	note(&k->write_failed, ok, why);
	k->write_ms = clock_ms() + (ok ? HEARTBEAT_MS : RETRY_MS);
	k->look_ms = ok ? clock_ms() + LOOK_MS : INT64_MAX;
	if (ok && !up && !k->none_up)
		log_warning("none up: %s lists %s", k->path,
		    source_possible(source) > 0 ? "all" : "none");
	if (ok)
		k->none_up = !up;
	return ok;
}

int
keep_run(struct keep *k, const struct source *source)
{
	int64_t now = clock_ms();

	if (now >= k->look_ms) {
		k->look_ms = now + LOOK_MS;
		if (!store_is(k->path, &k->written)) {
			if (now >= k->remind_ms)
				log_warning("%s was changed by another hand: it is written again",
				    k->path);
			k->remind_ms = now + REMIND_MS;
			k->write_ms = now;
		}
	}
	if (now < k->write_ms)
		return 0;
	/* Before the first results there is nothing to say. */
	if (source_serving(source) == 0 && source_count(source, STATE_UNKNOWN) > 0 &&
	    now < k->begin_ms + GRACE_MS) {
		k->write_ms = now + RETRY_MS;
		return 0;
	}
	return keep_write(k, source);
}
