/*
 * state: what checkd thinks of a backend. See state.h.
 */
#include "state.h"

#include <string.h>

const char *const state_names[] = { "unknown", "up", "down", "disabled" };

int
state_parse(const char *name, enum state *state)
{
	for (enum state s = STATE_UNKNOWN; s <= STATE_DISABLED; s++)
		if (strcmp(name, state_names[s]) == 0) {
			*state = s;
			return 1;
		}
	return 0;
}
