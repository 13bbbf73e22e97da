/*
 * greeting: the wait for a backend's first bytes. See greeting.h.
 */
#include "greeting.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

enum greeting
greeting_wait(int backend, struct wait *w, int64_t deadline_ms, char *text, size_t *len)
{
	ssize_t n;

	*len = 0;
	if (w->spoke && w->talk == WAIT_CHOOSE)
		return GREETING_READY;
	switch (wait_backend(w, backend, POLLIN, deadline_ms)) {
	case WAIT_FAILED:
		return GREETING_NONE;
	case WAIT_GONE:
		return GREETING_GONE;
	case WAIT_TALKS:
		return w->talk == WAIT_REFUSE ? GREETING_TALK : GREETING_READY;
	case WAIT_READY:
		break;
	}
	n = recv(backend, text, GREETING_TEXT, MSG_PEEK);
	if (n == 0)
		errno = 0;
	if (n <= 0)
		return GREETING_NONE;
	while (*len < (size_t)n && text[*len] != '\r' && text[*len] != '\n')
		++*len;
	return text[0] == '4' ? GREETING_LATER : GREETING_READY;
}
