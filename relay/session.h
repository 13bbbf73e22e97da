/*
 * session: one client, the backends that are tried for it, and the relay to the one that is found. Events go
 * in, and what came of them is returned; nothing here waits, exits or knows how many sessions there are.
 *
 *	session_begin -> SESSION_READY
 *	session_try   -> SESSION_CONNECTS -> SESSION_LISTENS -> SESSION_READY: the backend is found, or has failed
 *	session_relay -> SESSION_RELAYS -> SESSION_ENDED
 *
 * Until the client has been sent a byte another backend can take over: session_try may be called again.
 */
#ifndef SESSION_H
#define SESSION_H

#include "client.h"
#include "finding.h"
#include "greeting.h"
#include "reason.h"
#include "record.h"
#include "relay.h"

/* Settings: see etd-connect(8), ENVIRONMENT. */
struct terms {
	int64_t connect_ms, greeting_ms, idle_ms;
	enum sync_until sync;
	int only_logs;			/* what a client says out of turn */
};

enum session_step { SESSION_READY, SESSION_CONNECTS, SESSION_LISTENS, SESSION_RELAYS, SESSION_ENDED };

struct session {
	struct client client;		/* set by the caller, as are its connection's ends ... */
	struct address from, to;
	int fds[2];			/* ... and its descriptors: one socket twice, or two pipes */
	const struct terms *terms;
	const struct finding *finding;
	enum session_step step;
	int spoke;			/* before a greeting, though it may, and is not watched any more */
	struct record backend;		/* the last one that was tried ... */
	int fd;				/* ... and its socket; -1: none */
	int tries, all_later;		/* how many were tried; each of them said 4xx ... */
	int settled;			/* ... and so the last one's greeting is passed on */
	int64_t start_ms, deadline_ms;	/* of the search */
	int64_t began_ms, due_ms;	/* of this step */
	int64_t connect_ms, greeting_ms;	/* how long it took; -1: not reached */
	const char *failed;		/* where the last attempt did: "connect", "greeting" ... */
	char reason[GREETING_TEXT];	/* ... and why, from the network */
	size_t reason_len;
	const char *state;		/* how it failed, or ended: see etd-connect(8) */
	struct relay relay;
};

/* Begins; what the caller does not set is zero before. The time for the search counts from now on. */
void session_begin(struct session *, const struct terms *, const struct finding *, int64_t now_ms);

/* Whether there is time to try another backend. */
int session_may_try(const struct session *, int64_t now_ms);

enum session_news {
	SESSION_WAITS,	/* for an event, or a moment */
	SESSION_FOUND,	/* the backend is connected, and is the one: call session_relay, or take its socket */
	SESSION_FAILED,	/* another backend may do: failed, reason and state say why this one does not */
	SESSION_TALKS,	/* the client talks out of turn: relay.words; refuse it, or call session_allow */
	SESSION_OVER,	/* state */
	SESSION_BAD	/* the client must be told to come again later: why */
};

/* Tries a backend through its socket of dial_socket, which is the session's then; if that is -1, error is the
   errno of it. */
enum session_news session_try(struct session *, const struct record *, int fd, int error,
    int64_t now_ms, char why[REASON_MAX]);

/* No other backend is left. Returns 1 if each said 4xx, so that the last one's greeting is passed on:
   the backend is found. */
int session_settle(struct session *);

/* The backend that was found is relayed to from now on. */
void session_relay(struct session *, struct buffers *, int64_t now_ms);

/* What to poll for, as relay_waits does; and until when. */
void session_waits(const struct session *, struct pollfd fds[RELAY_FDS]);
int64_t session_due(const struct session *);

/* Goes on, as poll has found the descriptors, or when the moment has come. */
enum session_news session_go_on(struct session *, const struct pollfd fds[RELAY_FDS], int64_t now_ms);

/* The client talks out of turn, and may. */
void session_allow(struct session *);

/* It is refused: SESSION_OVER as soon as it can be told so; relay_refuse says what comes before that. */
enum session_news session_refuse(struct session *, int64_t now_ms);

/* What the client has not waited for: "greeting" or "helo". */
const char *session_turn(const struct session *);

/* The session is over, in that state. Closes the backend's socket; the client's are the caller's. */
void session_end(struct session *, const char *state);

#endif
