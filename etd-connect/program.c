/*
 * program: the next program, with the backend on 6 and 7. See program.h.
 */
#include "program.h"

#include <fcntl.h>
#include <unistd.h>

#include "chain.h"
#include "ucspi.h"

static void
set_variables(struct chain *c, const struct session *s)
{
	struct address local = { .len = sizeof local.v6 };
	struct ucspi ends = { .remote = &s->backend.address, .local = &local };

	getsockname(s->fd, &local.any, &local.len);
	ucspi_set(c, &ends);
	chain_set(c, "ETD_BACKEND", s->backend.name);
	chain_set(c, "ETD_CLIENTIP", s->client.ip);
	chain_set(c, "ETD_CLIENTPORT", s->client.port);
	chain_set(c, "ETD_CLIENTHOST", s->client.host);
}

/* dup2 clears close-on-exec, except from a descriptor to itself. */
static int
place(int fd, int at)
{
	return fd == at ? fcntl(fd, F_SETFD, 0) : dup2(fd, at);
}

void
program_run(const struct session *s, char *const *argv, char why[REASON_MAX])
{
	struct chain c = { 0 };

	set_variables(&c, s);
	if (fcntl(s->fd, F_SETFL, 0) == -1 || place(s->fd, 6) == -1 || place(s->fd, 7) == -1) {
		reason(why, "unable to use descriptors 6 and 7: %m");
		return;
	}
	chain_exec(&c, argv);
	reason(why, "unable to run %s: %m", argv[0]);
}
