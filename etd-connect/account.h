/*
 * account: whom to run as, for a start as root.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <sys/types.h>

struct account {
	int wanted;	/* 0: stay who we are */
	uid_t uid;
	gid_t gid;
};

/* From UID and GID, as envuidgid(8) sets them, if this is root. One without the other, or
   what is no number, is bad configuration: client_giveup(100). */
void account_read(struct account *);

/* Becomes it, for good, with no other groups; or client_giveup(111). */
void account_become(const struct account *);

#endif
