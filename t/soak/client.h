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

#include "plan.h"
#include "wire.h"

/* The reply that is due. SLOW stays in NOOP until all are answered, BDAT in TEXT until each chunk is. TLS is
   the reply to STARTTLS and the handshake; then EHLO comes again. */
enum stage { GREETING, NOOP, EHLO, MAIL, RCPT, DATA, TEXT, QUIT, END, TLS };

struct client {
	struct plan plan;
	struct wire wire;
	enum stage stage;
	int64_t begun_ms, heard_ms;
	int64_t act_ms;		/* when EARLY talks, or SCANNER goes; 0 when it has, or never does */
	size_t header_sent;
	char *text;		/* the mail, or NULL */
	size_t len, sent;
	int more;		/* so many further replies are due at this stage */
	int chunking, starttls;	/* whether the server offers them */
	int by_bdat, by_tls;	/* whether the mail goes that way */
	char line[512];		/* of a reply, so far */
	size_t line_len;
	char outcome[8];
};

/* Where they go: the server and its hold; whether a PROXY header is sent first, and whether the server has
   a list; and the epoll that watches them, with the client as data. */
struct target {
	struct sockaddr_storage server;
	long hold_ms;
	int headers, lists;
	int epoll;
};
extern struct target target;

int64_t now_ms(clockid_t);

void client_begin(struct client *, unsigned long number);
int client_ended(const struct client *);

/* To be called when it can be read, and when it can be written. */
void client_hear(struct client *);
void client_write(struct client *);

/* To be called every few milliseconds, with the monotonic time. */
void client_tick(struct client *, int64_t now);

#endif
