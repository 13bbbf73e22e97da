/*
 * refusal: the reply to an early talker.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "setting.h"

enum {
	REFUSAL_MAX = 1022,	/* bytes, with CRLF at the end of each line */
	REFUSAL_LISTED = 200	/* what rblsmtpd(1) reads of RBLSMTPD */
};

struct refusal {
	char lines[REFUSAL_MAX + 2];	/* as sent */
	char listed[REFUSAL_LISTED + 2];	/* as RBLSMTPD: the text, "-" before it for 5xx */
};

/* ETD_REPLY, or the built-in one: one or more lines, a newline between them, that make
   one SMTP reply (RFC 5321 4.2) with a 4xx or 5xx code. Anything else is a bad setting. */
const char *refusal_read(struct settings *);

/* Makes both texts from what refusal_read returned. */
void refusal_make(struct refusal *, const char *reply);

#endif
