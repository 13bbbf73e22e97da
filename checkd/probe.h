/*
 * probe: one look at a backend, as a client would come: connect, read the greeting,
 * HELO, read the reply, QUIT. It never speaks before the greeting, except for a PROXY
 * header if the backend expects one.
 *
 * The reply to EHLO says whether the backend offers PIPECONNECT. A probe that says HELO can ask EHLO,
 * too. It does so when it has passed, so that whatever comes of it changes no verdict.
 *
 * A probe owns one socket of the prober's while it is under way. The caller calls probe_run when
 * there is an event whose pointer is the probe, or when deadline_ms has come.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>

#include "prober.h"
#include "record.h"
#include "smtp.h"

enum probe_step { PROBE_CONNECT, PROBE_GREETING, PROBE_HELO, PROBE_EHLO, PROBE_QUIT };
enum probe_result { PROBE_NONE, PROBE_PASS, PROBE_FAIL };
enum probe_answer { PROBE_UNANSWERED, PROBE_YES, PROBE_NO };

extern const char *const probe_steps[];	/* "connect", "greeting", "helo" */

struct probe {
	int fd;			/* -1: none is under way */
	enum probe_step step;
	int64_t deadline_ms;	/* on the clock of clock_ms */
	struct prober *prober;
	const struct record *record;
	const char *helo;	/* the command: "HELO mx.example.com\r\n" */
	int asks;		/* EHLO, too, if helo does not say it already */
	int said_ehlo;		/* instead of HELO; probe_move may have changed helo since */
	enum probe_answer pipeconnect;	/* whether the backend offers it, as soon as that is known */
	struct smtp reply;
	int later;		/* for PROBE_FAIL: the backend said 4xx, "come again later" */
	enum probe_step failed;	/* for PROBE_FAIL: where */
	char reason[101];	/* for PROBE_FAIL: why; for PROBE_PASS the last reply */
};

/*
 * Starts one; prober, record and helo must last as long as it does. asks is for the field of that
 * name. PROBE_NONE: it is under way; or, if fd is -1, this host had no socket for it, errno says why,
 * and nothing is known of the backend. PROBE_FAIL: it failed at once.
 */
enum probe_result probe_start(struct probe *, struct prober *, const struct record *,
    const char *helo, int asks, int64_t timeout_ms);

/* Goes on as far as it can; expired says that deadline_ms has come. PROBE_PASS and
   PROBE_FAIL are returned once for each probe. It is over when fd is -1, which after
   EHLO and QUIT is a moment later. */
enum probe_result probe_run(struct probe *, int expired);

/* Whether it has passed or failed, and only takes its leave. */
int probe_has_verdict(const struct probe *);

/* Gives it so much more time. */
void probe_extend(struct probe *, int64_t ms);

/* Moves one, if it is under way, to another place, where it goes on with this record and helo. */
void probe_move(struct probe *to, struct probe *from, const struct record *, const char *helo);

/* Ends one before its time, with a QUIT if the backend has been spoken to. */
void probe_end(struct probe *);

#endif
