/*
 * verdict: what becomes of a client that has to be silent: the settings that decide it, and the
 * line that reports it. Nothing here waits, exits, or knows how many clients there are.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "class.h"
#include "client.h"
#include "refusal.h"
#include "setting.h"
#include "talk.h"

/* What is done with an early talker, or one that is listed: reply and close; set RBLSMTPD and go on; just
   go on. */
enum action { ACTION_REJECT, ACTION_RBLSMTPD, ACTION_LOG, ACTIONS };
extern const char *const action_names[ACTIONS];		/* "reject", "rblsmtpd", "log" */

/* See etd-delay(8), ENVIRONMENT. The texts are the lookup's, and must last as long. */
struct verdict_settings {
	int64_t hold_ms[CLASSES];
	int exempt;			/* whatever the class: RELAYCLIENT, or listed already */
	const char *dynamic;		/* for class_pattern: NULL is the built-in expression */
	enum action action;
	const char *reply;
	const char *teaser;		/* NULL or "": none */
};

/* All of them; what is bad is noted in the lookup. */
void verdict_read(struct verdict_settings *, struct settings *);

/* Notes ETD_DYNAMIC as bad if it cannot be compiled, which otherwise the first client with a name would
   find out. */
void verdict_check_dynamic(const struct verdict_settings *, struct settings *);

/* The two of them that say how an early talker is answered. */
void verdict_read_answer(struct verdict_settings *, struct settings *);

/* How long a client of this class is held; 0 is exempt. */
enum { HOLD_MAX_MS = 300000 };
int64_t verdict_hold(const struct verdict_settings *, enum class);

/* The teaser as it is sent; returns its length, or 0 where there is none. */
enum { TEASER_MAX = 512 };
size_t verdict_teaser(const struct verdict_settings *, char line[TEASER_MAX + 1]);

enum verdict {
	VERDICT_PASS, VERDICT_EARLY, VERDICT_EXEMPT, VERDICT_HANGUP, VERDICT_KNOWN, VERDICT_LISTED
};

extern const char *const verdict_names[];	/* "pass", "early", "exempt", "hangup", "known", "listed" */

struct outcome {
	enum verdict verdict;
	const char *class;	/* its name */
	const char *step;	/* of etd-connect's early talkers; NULL: the hold */
	int64_t waited_ms;
	struct words words;	/* for VERDICT_EARLY */
};

/* The line: early by default, all others with -v. */
void verdict_log(const struct outcome *, const struct client *);

#endif
