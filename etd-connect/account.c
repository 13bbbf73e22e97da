/*
 * account: whom to run as. See account.h.
 */
#include "account.h"

#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

#include "client.h"
#include "setting.h"

enum { ID_MAX = 0x7fffffff };

void
account_read(struct account *a)
{
	int64_t uid, gid;

	a->wanted = 0;
	if (geteuid() != 0 || (getenv("UID") == NULL && getenv("GID") == NULL))
		return;
	uid = setting_number("UID", -1, 0, ID_MAX);
	gid = setting_number("GID", -1, 0, ID_MAX);
	if (uid == -1 || gid == -1)
		client_giveup(100, "UID and GID: one is not set");
	a->wanted = 1;
	a->uid = (uid_t)uid;
	a->gid = (gid_t)gid;
}

/* The groups first: without uid 0 they could not be changed any more. */
void
account_become(const struct account *a)
{
	if (!a->wanted)
		return;
	if (setgroups(1, &a->gid) == -1 || setgid(a->gid) == -1)
		client_giveup(111, "unable to set gid: %m");
	if (setuid(a->uid) == -1)
		client_giveup(111, "unable to set uid: %m");
}
