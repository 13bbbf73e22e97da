/*
 * snapshot: a cdb file as it was when it was opened. See snapshot.h.
 */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "number.h"

enum { NUMBER_MAX = 20 };	/* digits: INT64_MAX has 19 */

/* Returns a descriptor, or -1 with errno. */
static int
copy(int from, off_t size)
{
	int fd = memfd_create("snapshot", MFD_CLOEXEC);
	ssize_t n = 1;

	if (fd == -1)
		return -1;
	while (size > 0 && n > 0) {
		n = sendfile(fd, from, NULL, (size_t)size);
		size -= n;
	}
	if (size == 0)
		return fd;
	if (n == 0)
		errno = EPROTO;		/* it has become shorter */
	close(fd);
	return -1;
}

/* What is no file has no size to copy, and a file without bound would be all in memory. Returns 1, or 0
   with errno. */
static int
may_be_copied(const struct stat *file)
{
	if (S_ISREG(file->st_mode) && file->st_size <= SNAPSHOT_MAX)
		return 1;
	errno = S_ISREG(file->st_mode) ? EFBIG : S_ISDIR(file->st_mode) ? EISDIR : EPROTO;
	return 0;
}

/* Whether the hash tables, which come last, are all there. */
static int
is_whole(const struct snapshot *s)
{
	const unsigned char *table;
	uint64_t pos, slots;

	for (unsigned i = 0; i < 256; i++) {
		table = cdb_get(&s->cdb, 8, 8 * i);
		if (table == NULL)
			return 0;
		pos = cdb_unpack(table);
		slots = cdb_unpack(table + 4);
		if (pos + 8 * slots > (uint64_t)s->file.st_size)
			return 0;
	}
	return 1;
}

int
snapshot_open(struct snapshot *s, const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), memory = -1, mapped, error;

	if (fd == -1)
		return 0;
	if (fstat(fd, &s->file) != -1 && may_be_copied(&s->file))
		memory = copy(fd, s->file.st_size);
	error = errno;
	close(fd);
	errno = error;
	if (memory == -1)
		return 0;
	mapped = cdb_init(&s->cdb, memory) != -1;
	close(memory);
	if (!mapped || is_whole(s))
		return mapped;
	snapshot_close(s);
	errno = EPROTO;
	return 0;
}

int
snapshot_next(struct snapshot *s, unsigned *at)
{
	unsigned before;
	int found;

	if (*at == 0)
		cdb_seqinit(at, &s->cdb);
	before = *at;
	found = cdb_seqnext(at, &s->cdb);
	return found > 0 && *at <= before ? -1 : found;
}

int
snapshot_number(const struct snapshot *s, int64_t least, int64_t most, int64_t *number)
{
	char text[NUMBER_MAX + 1] = "";
	const char *data = cdb_getdata(&s->cdb);

	if (data == NULL || cdb_datalen(&s->cdb) > NUMBER_MAX)
		return 0;
	memcpy(text, data, cdb_datalen(&s->cdb));
	return number_parse(text, least, most, number);
}

void
snapshot_close(struct snapshot *s)
{
	cdb_free(&s->cdb);
}

int
snapshot_is(const struct snapshot *s, const struct stat *file)
{
	const struct stat *a = &s->file, *b = file;

	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}
