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

/* Effective and ambient ones are never more than the permitted ones. */
static int
has_none(void)
{
	struct word words[WORDS] = { 0 };

	return get(words) && words[0].permitted == 0 && words[1].permitted == 0;
}

int
privilege_drop(char why[REASON_MAX])
{
	static const struct word none[WORDS];

	if (set(none))
		return 1;
	reason(why, "unable to drop capabilities: %m");
	return has_none();
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
	if (memcmp(words, left, sizeof left) == 0 || set(left))
		return 1;
	reason(why, "unable to drop capabilities: %m");
	return has_none();
}

int
privilege_drop_own(char why[REASON_MAX])
{
	struct word words[WORDS] = { 0 };
	uint32_t own = 0;

	if (geteuid() == 0)
		return 1;
	if (!get(words))
		return reason(why, "unable to look at capabilities: %m");
	for (int i = 0; i < WORDS; i++) {
		own |= words[i].effective | (words[i].permitted & ~words[i].inheritable);
		words[i].permitted &= words[i].inheritable;
		words[i].effective = 0;
	}
	if (own != 0 && !set(words))
		return reason(why, "unable to drop capabilities: %m");
	return 1;
}
