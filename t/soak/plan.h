/*
 * plan: what a client of the soak does, all of which its number decides.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "origin.h"

/* Up to LISTED they are patient. BDAT and STARTTLS use what they are named after where it is offered, and
   LISTED has an address that is on the server's list; otherwise these three do as LOCKSTEP does. */
enum kind { LOCKSTEP, PIPELINED, SLOW, BDAT, STARTTLS, LISTED, EARLY, SCANNER, VANISHING };

struct plan {
	unsigned long number;
	enum kind kind;
	size_t bytes;		/* of the mail */
	long act_at;		/* when EARLY talks, or SCANNER goes, in milliseconds from its beginning; or -1 */
	int by_reset;		/* how SCANNER and VANISHING go */
	unsigned leave_at;	/* when VANISHING goes: any number, to be taken modulo the stages */
	uint32_t address;	/* of 127.0.0.0/8, in the host's byte order */
	char header[ORIGIN_HEADER];
	size_t header_len;	/* 0: no PROXY header */
};

/* hold_ms is the server's. With headers there is a PROXY header. With lists some are LISTED. */
struct plan plan_make(unsigned long number, long hold_ms, int headers, int lists);

const char *kind_name(enum kind);

#endif
