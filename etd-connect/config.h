/*
 * config: etd-connect's settings; see etd-connect(8), ENVIRONMENT.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "account.h"
#include "pick.h"
#include "session.h"
#include "verdict.h"

struct config {
	enum balance balance;
	int tries;			/* at most */
	struct terms terms;
	struct verdict_settings answer;	/* to an early talker: action and reply alone are set */
	const char *helo_reply;		/* to one that did not wait for the reply to its first command */
	struct account account;
};

/* What is bad is noted in the lookup. If it relays, that includes to be root, unless ETD_ROOT allows
   that; whom a program runs as is the program's affair. */
void config_read(struct config *, struct settings *, int relays);

#endif
