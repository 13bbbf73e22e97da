/*
 * resolve: the addresses of backends that the source gives by host name. See resolve.h.
 */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

_Static_assert(sizeof(struct answer) <= PIPE_BUF, "an answer is written whole");

static void
take(struct address *a, const struct addrinfo *found)
{
	a->len = found->ai_addrlen;
	memcpy(&a->any, found->ai_addr, found->ai_addrlen);
}

void
resolve_ask(const char *host, const struct record *record, struct answer *answer)
{
	const struct address *source = &record->route.source;
	struct addrinfo hints = {
		.ai_family = source->len > 0 ? source->any.sa_family : AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV
	};
	struct addrinfo *found;
	char name[SOURCE_HOST_SIZE];
	char *port;
	int error;

	strcpy(name, host);
	port = strrchr(name, ':');
	*port++ = '\0';
	memset(answer, 0, sizeof *answer);
	error = getaddrinfo(name, port, &hints, &found);
	if (error != 0) {
		snprintf(answer->why, sizeof answer->why, "%s",
		    error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
		return;
	}
	take(&answer->address, found);
	for (const struct addrinfo *f = found; f != NULL; f = f->ai_next) {
		struct address also = { .len = 0 };

		take(&also, f);
		if (address_equal(&also, &record->address))
			answer->address = also;
	}
	freeaddrinfo(found);
}

int
resolve_wants(const struct backend *b)
{
	return b->host[0] != '\0' && !b->resolved;
}

/* Asks for every RESOLVE_CHILDREN-th host, from the one that share says. */
static _Noreturn void
child(int fd, const struct backends *backends, size_t share)
{
	struct answer answer;
	size_t nth = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	/* Otherwise a connection that checkd closes would stay open as long as this child lives. */
	for (size_t i = 0; i < backends->n; i++)
		if (backends->all[i].probe.fd != -1)
			close(backends->all[i].probe.fd);
	for (size_t i = 0; i < backends->n; i++) {
		const struct backend *b = &backends->all[i];

		if (!resolve_wants(b) || nth++ % RESOLVE_CHILDREN != share)
			continue;
		resolve_ask(b->host, &b->record, &answer);
		answer.backend = i;
		if (write(fd, &answer, sizeof answer) != sizeof answer)
			_exit(111);
	}
	_exit(0);
}

void
resolve_start(struct resolve *r, const struct backends *backends)
{
	size_t hosts = 0;
	int ends[2];

	r->fd = -1;
	for (size_t i = 0; i < backends->n; i++)
		hosts += (size_t)resolve_wants(&backends->all[i]);
	if (hosts == 0)
		return;
	if (pipe2(ends, O_CLOEXEC) == -1) {
		log_warning("unable to look up hosts: %m");
		return;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	for (size_t i = 0; i < RESOLVE_CHILDREN; i++) {
		r->pids[i] = i < hosts ? fork() : -1;
		if (r->pids[i] == 0)
			child(ends[1], backends, i);
		if (r->pids[i] == -1 && i < hosts)
			log_warning("unable to look up hosts: %m");
	}
	r->fd = ends[0];
	close(ends[1]);
}

int
resolve_take(struct resolve *r, struct answer *answer)
{
	ssize_t n;

	if (r->fd == -1)
		return 0;
	n = read(r->fd, answer, sizeof *answer);
	if (n == sizeof *answer)
		return 1;
	if (n != -1 || (errno != EAGAIN && errno != EINTR))
		resolve_end(r);
	return 0;
}

void
resolve_end(struct resolve *r)
{
	if (r->fd == -1)
		return;
	close(r->fd);
	r->fd = -1;
	for (size_t i = 0; i < RESOLVE_CHILDREN; i++)
		if (r->pids[i] > 0) {
			kill(r->pids[i], SIGKILL);
			waitpid(r->pids[i], NULL, 0);
		}
}
