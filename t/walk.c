/*
 * walk: a relay between a client and a backend that send, read and close in random order and in pieces of any
 * size, until both have closed. See relay.h.
 * usage: walk seeds
 * Prints what went wrong, and exits 1: bytes that were lost, changed or added; an end that was not passed on; a
 * state that is not "--"; a buffer that was not given back; a wait that is over at once, again and again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"

enum { STEPS = 400, PIECE = 100000, IDLE_MS = 1000 };

struct end {
	int fd;
	size_t sent, heard;
	int closed, eof;	/* it has closed its sending; it has heard that the other one has */
	const char *wrong;
};

static struct end client, backend;
static struct relay relay;
static struct buffer room[2];
static struct buffers buffers;

/* What the n-th byte is, so that any change of the order shows. */
static char
nth(size_t n)
{
	return (char)(n ^ n >> 8 ^ n >> 16);
}

static void
say(struct end *e, size_t len)
{
	static char piece[PIECE];
	ssize_t n;

	for (size_t i = 0; i < len; i++)
		piece[i] = nth(e->sent + i);
	n = send(e->fd, piece, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	e->sent += n > 0 ? (size_t)n : 0;
}

static void
hear(struct end *e, size_t len)
{
	static char piece[PIECE];
	ssize_t n = recv(e->fd, piece, len, MSG_DONTWAIT);

	for (ssize_t i = 0; i < n; i++)
		if (piece[i] != nth(e->heard++))
			e->wrong = "a byte is wrong";
	e->eof |= n == 0;
}

static void
hang_up(struct end *e)
{
	e->closed = 1;
	shutdown(e->fd, SHUT_WR);
}

/* Until there is nothing to do now. */
static enum relayed
turn(void)
{
	enum relayed relayed = RELAY_WAITS;
	struct pollfd fds[RELAY_FDS];
	int idle = 0;

	do {
		int64_t before = relay.in.bytes + relay.out.bytes;

		relay_waits(&relay, fds);
		if (poll(fds, RELAY_FDS, 0) <= 0)
			break;
		relayed = relay_go_on(&relay, fds, IDLE_MS, 0);
		idle = relay.in.bytes + relay.out.bytes == before ? idle + 1 : 0;
		if (idle > 10)
			client.wrong = "a wait is over, and nothing moves";
	} while (relayed == RELAY_WAITS && client.wrong == NULL);
	return relayed;
}

static void
begin(struct end *e, int *inner)
{
	int pair[2], size = 1 << rand() % 20;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1)
		exit(111);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	*e = (struct end){ .fd = pair[0] };
	*inner = pair[1];
}

static void
act(struct end *e, int may_close)
{
	size_t len = 1 + (size_t)(rand() % (rand() % 3 == 0 ? PIECE : 100));

	if (rand() % 2 == 0)
		hear(e, len);
	else if (may_close && rand() % 50 == 0)
		hang_up(e);
	else if (!e->closed)
		say(e, len);
}

static const char *
walk(void)
{
	int inner[2], its_backend;
	enum relayed relayed = RELAY_WAITS;

	begin(&client, &inner[0]);
	begin(&backend, &its_backend);
	inner[1] = inner[0];
	relay_begin(&relay, inner, its_backend, SYNC_OFF, &buffers, 0);
	for (int i = 0; i < STEPS && relayed == RELAY_WAITS; i++) {
		act(rand() % 2 == 0 ? &client : &backend, i > STEPS / 2);
		if (rand() % 3 == 0)
			relayed = turn();
	}
	hang_up(&client);
	hang_up(&backend);
	for (int i = 0; i < 100000 && !(client.eof && backend.eof) && client.wrong == NULL; i++) {
		if (relayed == RELAY_WAITS)
			relayed = turn();
		hear(&client, PIECE);
		hear(&backend, PIECE);
	}
	relay_end(&relay);
	close(client.fd);
	close(backend.fd);
	close(inner[0]);
	close(its_backend);
	if (client.wrong != NULL || backend.wrong != NULL)
		return client.wrong != NULL ? client.wrong : backend.wrong;
	if (client.heard != backend.sent || backend.heard != client.sent)
		return "bytes are missing";
	if (relayed != RELAY_OVER || strcmp(relay.state, "--") != 0)
		return "it did not end well";
	return buffers.free != NULL && buffers.free->next != NULL ? NULL : "a buffer is missing";
}

int
main(int argc, char **argv)
{
	buffers_give(&buffers, &room[0]);
	buffers_give(&buffers, &room[1]);
	for (unsigned seed = 1; argc == 2 && seed <= (unsigned)atoi(argv[1]); seed++) {
		const char *wrong;

		srand(seed);
		wrong = walk();
		if (wrong != NULL) {
			printf("seed %u: %s\n", seed, wrong);
			return 1;
		}
	}
	return 0;
}
