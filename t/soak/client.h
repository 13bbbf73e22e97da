/*
 * client: one SMTP client of the soak, of a kind that its number decides, from its connection to the
 * line that says how it ended. Nothing here blocks.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

#include "origin.h"

/* LISTED is as LOCKSTEP, but the server's list has its address. */
enum kind { LOCKSTEP, PIPELINED, SLOW, EARLY, SCANNER, VANISHING, LISTED };

/* The reply that is due. SLOW stays in NOOP until all are answered. */
enum stage { GREETING, NOOP, EHLO, MAIL, RCPT, DATA, TEXT, QUIT, END };

struct client {
	int fd;			/* -1 when it has ended */
	enum kind kind;
	enum stage stage;
	unsigned long number;
	uint64_t dice;
	int64_t begun_ms, heard_ms;
	int64_t act_ms;		/* when EARLY talks, or SCANNER goes; 0 when it has, or never does */
	char header[ORIGIN_HEADER];	/* PROXY's, of header_len bytes; 0 when it is sent, or none is */
	size_t header_len;
	char *text;		/* the mail, or NULL */
	size_t bytes, len, sent;
	int noops, leave_at;	/* leave_at: the stage at which VANISHING goes */
	char line[512];		/* of a reply, so far */
	size_t line_len;
	char outcome[8];
};

/* Where they go: the server and its hold; whether a PROXY header is sent first, and whether the server has
   a list; and the epoll that watches them, with the client as data. */
struct target {
	struct sockaddr_storage server;
	socklen_t server_len;
	long hold_ms;
	int headers, lists;
	int epoll;
};
extern struct target target;

int64_t now_ms(clockid_t);

void client_begin(struct client *, unsigned long number);

/* To be called when it can be read, and when it can be written. */
void client_hear(struct client *);
void client_write(struct client *);

/* To be called every few milliseconds, with the monotonic time. */
void client_tick(struct client *, int64_t now);

#endif
