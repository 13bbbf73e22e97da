/*
 * greeting: a look at a backend's first bytes. See greeting.h.
 */
#include "greeting.h"

#include <errno.h>
#include <sys/socket.h>

enum greeting
greeting_look(int backend, char text[GREETING_TEXT], size_t *len)
{
	ssize_t n = recv(backend, text, GREETING_TEXT, MSG_PEEK | MSG_DONTWAIT);

	*len = 0;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return GREETING_SILENT;
	if (n == 0)
		errno = 0;
	if (n <= 0)
		return GREETING_NONE;
	while (*len < (size_t)n && text[*len] != '\r' && text[*len] != '\n')
		++*len;
	return text[0] == '4' ? GREETING_LATER : GREETING_READY;
}
