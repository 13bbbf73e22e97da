/*
 * stdfds: descriptors 0, 1 and 2. See stdfds.h.
 */
#include "stdfds.h"

#include <fcntl.h>

void
stdfds_fill(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			open("/dev/null", O_RDWR);	/* the lowest that is free: this one */
}
