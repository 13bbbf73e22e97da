/*
 * refuse: a relay to a client that is refused while something is still under way. See relay.h.
 * Prints what is wrong; and of a first command, what the client is said to have said out of turn, and what it
 * has heard since.
 *
 *	refuse command	its first command has not been written, and half a line of the reply has come
 *	refuse line	its receive buffer is full in the middle of a line
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"

enum { SMALL = 4096, LINES = 1000, IDLE_MS = 1000 };

static struct relay relay;
static struct buffer room[2];
static struct buffers buffers;
static int client[2], backend[2];	/* the ends of theirs, and the relay's */

/* Until there is nothing to do now; but not for ever. */
static enum relayed
turn(void)
{
	enum relayed relayed = RELAY_WAITS;
	struct pollfd fds[RELAY_FDS];

	for (int i = 0; i < 1000 && relayed == RELAY_WAITS; i++) {
		relay_waits(&relay, fds);
		if (poll(fds, RELAY_FDS, 0) <= 0)
			return relayed;
		relayed = relay_go_on(&relay, fds, IDLE_MS, 0);
	}
	if (relayed == RELAY_WAITS)
		puts("a wait is over, and nothing moves");
	return relayed;
}

static void
say(int fd, const char *words)
{
	send(fd, words, strlen(words), 0);
}

static size_t
hear(char *words, size_t size)
{
	ssize_t n = recv(client[0], words, size - 1, MSG_DONTWAIT);

	words[n > 0 ? n : 0] = '\0';
	return strlen(words);
}

/* Nothing more can be written there. */
static void
fill(int fd)
{
	while (send(fd, "x", 1, MSG_DONTWAIT) == 1)
		;
}

static void
command(void)
{
	char words[100];

	say(backend[0], "220 a\r\n");
	turn();
	fill(backend[1]);
	say(client[0], "EHLO a\r\n");
	turn();
	say(backend[0], "250-a\r\n250 ");
	turn();
	say(client[0], "MAIL\r\n");
	say(backend[0], "b");		/* so that the client is looked at, though nothing more is read from it */
	if (turn() != RELAY_TALKS)
		puts("it does not talk");
	printf("said %.*s", (int)relay.words.len, relay.words.text);
	hear(words, sizeof words);
	if (relay_refuse(&relay, 0) != RELAY_WAITS)
		puts("the line is not waited for");
	while (recv(backend[0], words, sizeof words, MSG_DONTWAIT) > 0)
		;			/* now the command could be written */
	turn();
	say(backend[0], "\r\n250 more\r\n");
	if (turn() != RELAY_OVER)
		puts("it goes on");
	hear(words, sizeof words);
	printf("heard %s", words);
}

static void
line(void)
{
	static const char one[] = "220-one of many lines\r\n";
	char words[LINES * sizeof one] = "";
	size_t heard = 0, len;

	for (int i = 0; i < LINES; i++)
		strcpy(words + i * strlen(one), one);
	say(backend[0], words);
	turn();
	say(client[0], "HELO\r\n");
	if (turn() != RELAY_TALKS || !sync_is_in_line(&relay.sync))
		puts("it does not talk in the middle of a line");
	if (relay_refuse(&relay, 0) != RELAY_WAITS)
		puts("the line is not waited for");
	while ((len = hear(words, sizeof words)) > 0)
		heard += len;
	if (turn() != RELAY_OVER || sync_is_in_line(&relay.sync))
		puts("it goes on");
	heard += hear(words, sizeof words);
	if (heard == LINES * strlen(one) || heard % strlen(one) != 0)
		printf("heard %zu bytes", heard);
}

int
main(int argc, char **argv)
{
	int size = SMALL, inner[2];

	if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, client) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, backend) == -1)
		return 111;
	setsockopt(client[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	inner[0] = inner[1] = client[1];
	buffers_give(&buffers, &room[0]);
	buffers_give(&buffers, &room[1]);
	relay_begin(&relay, inner, backend[1], SYNC_HELO, &buffers, 0);
	if (strcmp(argv[1], "command") == 0)
		command();
	else
		line();
	relay_end(&relay);
	return 0;
}
