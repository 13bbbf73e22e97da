/*
 * hold: the wait in which a client must be silent.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stdint.h>

enum verdict {
	PASS,		/* silent to the end */
	EARLY,		/* sent data, whether or not it closed after that */
	HANGUP		/* closed or reset with nothing sent: no talk */
};

struct hold {
	enum verdict verdict;
	int64_t waited_ms;
	int bytes;	/* of early talk that had arrived, urgent ones left out; none is read */
};

/* Watches descriptor 0 for delay_ms. A closed descriptor 0 or one that cannot be
   watched is given up: client_giveup(111). */
void hold_wait(struct hold *, int64_t delay_ms);

#endif
