/*
 * health: the state machine of checkd alone. Reads lines "rise fall results", such as
 * "2 3 PFFF", and prints the states after each result: "UUUD".
 */
#include <stdio.h>

#include "health.h"

int
main(void)
{
	char results[128];
	int rise, fall;

	while (scanf("%d %d %127s", &rise, &fall, results) == 3) {
		struct health h = { 0 };

		for (const char *r = results; *r != '\0'; r++) {
			if (*r == 'P')
				health_pass(&h, rise);
			else
				health_fail(&h, fall);
			putchar(h.state == STATE_UP ? 'U' : h.state == STATE_DOWN ? 'D' : '?');
		}
		putchar('\n');
	}
	return 0;
}
