/*
 * turn: whose turn it is, over all processes. See turn.h.
 */
#include "turn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
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
		errno = EINVAL;
		if (S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_size == BESIDE_TURN_SIZE)
			counter = mmap(NULL, BESIDE_TURN_SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
	}
	close(fd);
	return counter;
}

static sigjmp_buf no_page;

static void
on_bus(int number)
{
	(void)number;
	siglongjmp(no_page, 1);
}

/*
 * Adds 1 to the counter, and sets *turn to what it was. Returns 0 where the kernel has no page for it: SIGBUS.
 * That need not be a file that was cut short. The first write to a page needs a block if the file has a hole
 * there, and on a file system that copies on write so does each one after a writeback: none is left
 * when the file system or a quota is full. No look at the file beforehand could rule that out, and no call
 * both adds and reports an error.
 *
 * SA_NODEFER: the jump leaves the mask as it is. A signal that is blocked when the fault raises it would kill
 * this process in spite of the handler.
 */
static int
add_one(_Atomic uint64_t *counter, uint64_t *turn)
{
	struct sigaction handle = { .sa_handler = on_bus, .sa_flags = SA_NODEFER }, before;
	sigset_t bus, mask;
	volatile int added = 0;

	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	sigaction(SIGBUS, &handle, &before);
	sigprocmask(SIG_UNBLOCK, &bus, &mask);
	if (sigsetjmp(no_page, 0) == 0) {
		*turn = atomic_fetch_add(counter, 1);
		added = 1;
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGBUS, &before, NULL);
	return added;
}

/* Returns NULL, or why the counter cannot be used. */
static const char *
count(const char *name, uint64_t *turn)
{
	void *counter = map(name);
	int added;

	if (counter == MAP_FAILED)
		return strerror(errno);
	added = add_one(counter, turn);
	munmap(counter, BESIDE_TURN_SIZE);
	return added ? NULL : "no room for it on the file system";
}

uint64_t
turn_take(const char *path)
{
	char name[PATH_MAX];
	const char *why;
	struct logfmt l;
	uint64_t turn;

	why = beside_name(name, path, BESIDE_TURN) ? count(name, &turn) : strerror(errno);
	if (why == NULL)
		return turn;
	log_begin(&l, "random");
	logfmt_text(&l, "file", name);
	logfmt_text(&l, "reason", why);
	log_end(&l, LOG_ALL);
	return turn_random();
}
