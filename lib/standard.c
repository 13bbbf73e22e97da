/*
 * standard: descriptors 0, 1 and 2. See standard.h.
 */
#include "standard.h"

#include <fcntl.h>

void
standard_fill(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			open("/dev/null", O_RDWR);	/* the lowest that is free: this one */
}
