/*
 * beside: the files beside backends.cdb. See beside.h.
 */
#include "beside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
beside_name(char name[PATH_MAX], const char *path, enum beside which)
{
	static const char *const suffixes[] = { ".tmp", ".turn", ".nudge" };

	errno = ENAMETOOLONG;
	return snprintf(name, PATH_MAX, "%s%s", path, suffixes[which]) < PATH_MAX;
}

const char *
beside_wrong(int fd, mode_t type)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if ((st.st_mode & S_IFMT) != type)
		return type == S_IFREG ? "it is no regular file" : "it is no FIFO";
	if (st.st_uid != geteuid())
		return "it belongs to another account";
	return st.st_nlink > 1 ? "it has a second name" : NULL;
}
