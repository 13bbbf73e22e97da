/*
 * config: etd-connect's settings; see etd-connect(8), ENVIRONMENT.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "account.h"
#include "pick.h"
#include "sync.h"
#include "verdict.h"
#include "wait.h"

struct config {
	enum balance balance;
	int tries;			/* at most */
	int64_t connect_ms, greeting_ms, idle_ms;
	int64_t search_ms;		/* for all tries together */
	enum sync_until sync;		/* SYNC_OFF too for a client that is not judged */
	enum wait_talk talk;		/* what it means if the client talks before the greeting */
	struct verdict_settings answer;	/* to an early talker: action and reply alone are set */
	const char *helo_reply;		/* to one that did not wait for the reply to its first command */
	const char *class;		/* as etd-delay found it; "" where nothing says */
	struct account account;
};

/* What is bad is noted in the lookup. If it relays, that includes to be root, unless ETD_ROOT allows
   that; whom a program runs as is the program's affair. */
void config_read(struct config *, struct settings *, int relays);

#endif
