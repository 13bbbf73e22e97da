/*
 * privilege: what a process gives up for good. See privilege.h.
 */
#include "privilege.h"

#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As in <linux/capability.h>, which musl's compiler does not find, and a C library has no function
   for it: version 3, in which a set is two words. */
enum { VERSION = 0x20080522, WORDS = 2 };

struct header {
	uint32_t version;
	int pid;		/* 0: this process */
};

struct word {
	uint32_t effective, permitted, inheritable;
};

/* The kernel takes away each ambient one that is no longer both permitted and inheritable. */
static int
set(const struct word words[WORDS])
{
	struct header header = { .version = VERSION };

	return syscall(SYS_capset, &header, words) != -1;
}

static int
get(struct word words[WORDS])
{
	struct header header = { .version = VERSION };

	return syscall(SYS_capget, &header, words) != -1;
}

int
privilege_forbid_new(char why[REASON_MAX])
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return reason(why, "unable to forbid new privileges: %m");
	return 1;
}

/* Effective and ambient ones are never more than the permitted ones. Where nothing is to be dropped, nothing
   is asked of the system: a filter of system calls may end a process that calls capset(2). */
static int
drop_to(const struct word left[WORDS], char why[REASON_MAX])
{
	struct word words[WORDS] = { 0 };
	int known = get(words);

	if ((known && memcmp(words, left, sizeof words) == 0) || set(left))
		return 1;
	reason(why, "unable to drop capabilities: %m");
	return known && words[0].permitted == 0 && words[1].permitted == 0;
}

int
privilege_drop(char why[REASON_MAX])
{
	static const struct word none[WORDS];

	return drop_to(none, why);
}

int
privilege_drop_but_files(char why[REASON_MAX])
{
	enum { DAC_OVERRIDE = 1 };
	struct word words[WORDS] = { 0 }, left[WORDS] = { 0 };

	if (!get(words))
		return reason(why, "unable to look at capabilities: %m");
	if (geteuid() == 0)
		left[0].effective = left[0].permitted = words[0].permitted & 1U << DAC_OVERRIDE;
	return drop_to(left, why);
}

int
privilege_drop_own(char why[REASON_MAX])
{
	struct word left[WORDS] = { 0 };

	if (geteuid() == 0)
		return 1;
	if (!get(left))
		return reason(why, "unable to look at capabilities: %m");
	for (int i = 0; i < WORDS; i++) {
		left[i].permitted &= left[i].inheritable;
		left[i].effective = 0;
	}
	return drop_to(left, why);
}
