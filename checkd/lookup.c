/*
 * lookup: asks the system's resolver for a host's address. See lookup.h.
 */
#include "lookup.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void
lookup_question(struct question *q, const char *host, const struct record *record)
{
	const struct address *source = &record->route.source;

	memset(q, 0, sizeof *q);	/* it is sent as it is */
	strcpy(q->host, host);
	q->family = source->len > 0 ? source->any.sa_family : AF_UNSPEC;
	q->had = record->address;
}

int
lookup_is_same(const struct question *a, const struct question *b)
{
	return strcmp(a->host, b->host) == 0 && a->family == b->family;
}

static void
take(struct address *a, const struct addrinfo *found)
{
	a->len = found->ai_addrlen;
	memcpy(&a->any, found->ai_addr, found->ai_addrlen);
}

void
lookup_ask(const struct question *q, struct answer *answer)
{
	struct addrinfo hints = {
		.ai_family = q->family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV
	};
	struct addrinfo *found;
	char name[SOURCE_HOST_SIZE];
	char *port;
	int error;

	strcpy(name, q->host);
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
		if (address_equal(&also, &q->had))
			answer->address = also;
	}
	freeaddrinfo(found);
}

/* A connection that checkd closes would stay open as long as this child lives, and the memory of a list
   that checkd replaces would stay in use. */
static void
let_go(const struct backends *backends)
{
	for (size_t i = 0; i < backends->n; i++)
		if (backends->all[i].probe.fd != -1)
			close(backends->all[i].probe.fd);
	free(backends->by_name);
	free(backends->all);
}

static _Noreturn void
run(int fd, const struct backends *backends)
{
	struct question q;
	struct answer answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	let_go(backends);
	while (recv(fd, &q, sizeof q, 0) == sizeof q) {
		lookup_ask(&q, &answer);
		if (send(fd, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer)
			break;
	}
	_exit(0);
}

/* A packet is one question, or one answer. */
int
child_start(struct child *c, const struct backends *backends)
{
	int ends[2], error;

	c->fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return 0;
	c->pid = fork();
	if (c->pid == 0) {
		close(ends[0]);
		run(ends[1], backends);
	}
	error = errno;
	close(ends[1]);
	if (c->pid != -1)
		c->fd = ends[0];
	else
		close(ends[0]);
	errno = error;
	return c->fd != -1;
}

void
child_ask(const struct child *c, const struct question *q)
{
	/* If this fails, the child is dead, as child_answer will see. */
	send(c->fd, q, sizeof *q, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int
child_answer(const struct child *c, struct answer *answer)
{
	ssize_t n = recv(c->fd, answer, sizeof *answer, MSG_DONTWAIT);

	if (n == sizeof *answer)
		return 1;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	*answer = (struct answer){ .why = "the resolver died" };
	return -1;
}

/* Other children may have inherited this end, too: so it is not enough to close it. */
void
child_end(struct child *c)
{
	if (c->fd == -1)
		return;
	close(c->fd);
	c->fd = -1;
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
}
