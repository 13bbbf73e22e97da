/*
 * account: the user and group to run as, for a program that root starts.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <sys/types.h>

#include "setting.h"

struct account {
	int by_root;	/* root has started us */
	int wanted;	/* 0: stay who we are */
	uid_t uid;
	gid_t gid;
};

/* From UID and GID, as envuidgid(8) sets them, if this is root. One without the other is a
   bad setting. */
void account_read(struct account *, struct settings *);

/* Whether this will be root all the same. */
int account_is_root(const struct account *);

/* Switches to it for good, and leaves all other groups. Returns 1, or 0 with why. */
int account_become(const struct account *, char why[REASON_MAX]);

#endif
