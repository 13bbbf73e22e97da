/*
 * turn: whose turn it is, over all processes. See turn.h.
 */
#include "turn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beside.h"
#include "log.h"

_Static_assert(BESIDE_TURN_SIZE == sizeof(uint64_t), "the counter is one number");

uint64_t
turn_random(void)
{
	uint64_t turn;

	if (getrandom(&turn, sizeof turn, GRND_NONBLOCK) != sizeof turn)
		turn = (uint64_t)getpid();
	return turn;
}

/* The counter, or MAP_FAILED with errno. */
static void *
map(const char *name)
{
	struct stat st;
	void *counter = MAP_FAILED;
	/* In a directory of checkd's account, whom root, if this is root, does not trust. */
	int fd = open(name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return MAP_FAILED;
	if (fstat(fd, &st) != -1) {
		errno = EINVAL;		/* too short: to touch it would be SIGBUS */
		if (S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_size == BESIDE_TURN_SIZE)
			counter = mmap(NULL, BESIDE_TURN_SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
	}
	close(fd);
	return counter;
}

uint64_t
turn_take(const char *path)
{
	char name[PATH_MAX];
	_Atomic uint64_t *counter;
	struct logfmt l;

	counter = MAP_FAILED;
	if (beside_name(name, path, BESIDE_TURN))
		counter = map(name);
	if (counter != MAP_FAILED)
		return atomic_fetch_add(counter, 1);
	log_begin(&l, "random");
	logfmt_text(&l, "file", name);
	logfmt_text(&l, "reason", strerror(errno));
	log_end(&l, LOG_ALL);
	return turn_random();
}
