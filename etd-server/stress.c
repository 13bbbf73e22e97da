/*
 * stress: whether there are more clients than there should be. See stress.h.
 */
#include "stress.h"

#include "log.h"

enum { CALM_MS = 10000, HIGH_PERCENT = 90, LOW_PERCENT = 70 };

static void
log_stress(const struct stress *s, size_t held, size_t programs)
{
	struct logfmt l;

	log_begin(&l, "stress");
	logfmt_number(&l, "held", (int64_t)held);
	logfmt_number(&l, "programs", (int64_t)programs);
	logfmt_text(&l, "state", s->on ? "on" : "off");
	log_end(&l, LOG_PROBLEM);
}

void
stress_judge(struct stress *s, struct heap *heap, int64_t now_ms, size_t held, size_t max,
    size_t programs, int someone_waits)
{
	int high = someone_waits || held * 100 > max * HIGH_PERCENT;
	int low = !someone_waits && held * 100 < max * LOW_PERCENT;

	if (s->on && !low) {
		heap_set(heap, &s->due, now_ms + CALM_MS);
	} else if (s->on != high && (high || s->due.place == 0)) {
		s->on = high;
		log_stress(s, held, programs);
		if (high)
			heap_set(heap, &s->due, now_ms + CALM_MS);
	}
}
