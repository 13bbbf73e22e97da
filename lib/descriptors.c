/*
 * descriptors: how many of them a process may have. See descriptors.h.
 */
#include "descriptors.h"

#include <sys/resource.h>

size_t
descriptors_raise(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return 0;
	files.rlim_cur = files.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &files) != -1 ? files.rlim_max : 0;
}
