/*
 * account: whom to run as. See account.h.
 */
#include "account.h"

#include <grp.h>
#include <unistd.h>

enum { ID_MAX = 0x7fffffff };

void
account_read(struct account *a, struct settings *s)
{
	int has_uid = setting_get(s, "UID") != NULL, has_gid = setting_get(s, "GID") != NULL;

	a->by_root = geteuid() == 0;
	a->wanted = a->by_root && (has_uid || has_gid);
	if (!a->wanted)
		return;
	if (!has_uid || !has_gid)
		setting_bad(s, "UID and GID: one is not set");
	a->uid = (uid_t)setting_number(s, "UID", 0, 0, ID_MAX);
	a->gid = (gid_t)setting_number(s, "GID", 0, 0, ID_MAX);
}

int
account_is_root(const struct account *a)
{
	return a->wanted ? a->uid == 0 : a->by_root;
}

/* The groups first: without uid 0 they could not be changed any more. */
int
account_become(const struct account *a, char why[REASON_MAX])
{
	if (!a->wanted)
		return 1;
	if (setgroups(1, &a->gid) == -1 || setgid(a->gid) == -1)
		return reason(why, "unable to set gid: %m");
	if (setuid(a->uid) == -1)
		return reason(why, "unable to set uid: %m");
	return 1;
}
