/*
 * store: backends.cdb and the counter beside it. See store.h.
 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "beside.h"
#include "list.h"
#include "listing.h"
#include "renewal.h"
#include "slots.h"

static void
add_standing(struct listing *l, const struct backend *b)
{
	struct standing s;	/* not cleared: that is 1.5 KiB a backend */

	s.state = b->health.state;
	strcpy(s.address, backend_address(b));
	strcpy(s.host, b->host);
	s.since = b->since;
	s.weight = b->options.weight;
	s.passes = b->health.passes;
	s.failures = b->health.failures;
	strcpy(s.last, b->last);
	s.pipeconnect = b->offer.is_made;
	listing_standing(l, b->record.name, &s);
}

/* Returns 1, or 0 with errno. */
static int
fill(int fd, const struct backends *backends)
{
	struct listing l;
	struct slots slots;
	const struct backend *b;

	errno = ENOMEM;
	if (!slots_make(&slots, backends))
		return 0;
	listing_begin(&l, fd, time(NULL), (int64_t)slots.n);
	for (size_t i = 0; i < slots.n; i++) {
		b = slots.backend[i];
		listing_record(&l, (int64_t)i, b->record_text, b->record_len);
	}
	slots_free(&slots);
	for (size_t i = 0; i < backends->n; i++)
		add_standing(&l, &backends->all[i]);
	return listing_end(&l) && fsync(fd) != -1;
}

int
store_write(const char *path, const struct backends *backends, struct stat *written,
    char why[REASON_MAX])
{
	struct renewal r;

	if (!renewal_begin(&r, path, why))
		return 0;
	return fill(r.fd, backends) ? renewal_end(&r, written, why) : renewal_fail(&r, why);
}

int
store_is(const char *path, const struct stat *written)
{
	struct stat st;

	return lstat(path, &st) != -1 && st.st_ino == written->st_ino &&
	    st.st_size == written->st_size &&
	    st.st_mtim.tv_sec == written->st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == written->st_mtim.tv_nsec;
}

/* Looks at what the file says of each backend; if it is to be taken, takes it. */
static int
read_standings(const struct list *list, struct backends *backends, int taken, char why[REASON_MAX])
{
	struct standing s;
	enum listed listed;

	for (size_t i = 0; i < backends->n; i++) {
		listed = list_standing(list, backends->all[i].record.name, &s, why);
		if (listed == LISTED_DAMAGED)
			return 0;
		if (listed == LISTED && taken)
			backend_recall(&backends->all[i], &s);
	}
	return 1;
}

int
store_read(const char *path, struct backends *backends, char why[REASON_MAX])
{
	struct list list;
	int64_t written;
	int ok = list_open(&list, path, why);

	if (!ok && list.fd == -1)
		return errno == ENOENT;
	ok = ok && list_written(&list, &written, why) && read_standings(&list, backends, 0, why) &&
	    read_standings(&list, backends, 1, why);
	list_close(&list);
	return ok;
}

/* Whether the counter is there already, with a block of its own. A file system may let nobody open it to
   write now. One that keeps such small files in the inode shows no block: then each call asks for it, which
   changes nothing. */
static int
is_turn(const char *turn)
{
	struct stat st;

	return lstat(turn, &st) != -1 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == geteuid() && st.st_size == BESIDE_TURN_SIZE && st.st_blocks > 0;
}

/* Without a block, as older versions have made it, etd-connect could not count on a full file system. What has
   been counted stays. Returns 1, or 0 with errno. */
static int
make_room(int fd)
{
	int error = posix_fallocate(fd, 0, BESIDE_TURN_SIZE);

	if (error == 0)
		return ftruncate(fd, BESIDE_TURN_SIZE) != -1;
	errno = error;
	return 0;
}

int
store_turn(const char *path, char why[REASON_MAX])
{
	char turn[PATH_MAX];
	int fd, ok = 1;

	if (!beside_name(turn, path, BESIDE_TURN))
		return reason(why, "unable to create %s: %m", path);
	if (is_turn(turn))
		return 1;
	fd = beside_open(turn, S_IFREG | 0664, why);
	if (fd == -1)
		return 0;
	if (!make_room(fd) || fchmod(fd, 0664) == -1)
		ok = reason(why, "unable to write %s: %m", turn);
	close(fd);
	return ok;
}
