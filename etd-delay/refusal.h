/*
 * refusal: the reply to an early talker.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stddef.h>

struct refusal {
	size_t len;
	char lines[1024];	/* as sent: CRLF at the end of each line */
	char listed[256];	/* as RBLSMTPD: the text, "-" before it for a 5xx code */
};

/* From ETD_REPLY: one or more lines, a newline between them, that make one SMTP
   reply (RFC 5321 4.2) with a 4xx or 5xx code. Anything else is bad configuration:
   client_giveup(100). */
void refusal_read(struct refusal *);

#endif
