/*
 * stored: takes the soak's mails out of the directories in which smtp-sink stores them, as they come.
 * usage: stored directory ...	until standard input ends, and then once more
 * Prints "stored NUMBER" for each mail that is whole, and "altered NUMBER FILE" for one that is not
 * what was sent: the file stays. Others are deleted. A file that has only the beginning of its mail
 * is still being written, or its writer was killed: it is left, and at the end "partial NUMBER FILE".
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail.h"

enum state { PARTIAL, WHOLE, ALTERED };

/* What smtp-sink and Postfix add stands before the mark, but for an empty line after the mail. */
static enum state
compare(const char *text, size_t len, unsigned long *id)
{
	const char *mark = memmem(text, len, "\n" MAIL_MARK, sizeof MAIL_MARK);
	const char *line_end = mark == NULL ? NULL : memchr(mark + 1, '\n', (size_t)(text + len - mark - 1));
	size_t bytes, whole;
	enum state state = ALTERED;
	char *end, *expected;

	if (line_end == NULL)
		return PARTIAL;
	mark++;
	*id = strtoul(mark + strlen(MAIL_MARK), &end, 10);
	bytes = strtoul(end, &end, 10);
	if (end != line_end)
		return ALTERED;
	expected = mail_stored(*id, bytes, &whole);
	len -= (size_t)(mark - text);
	if (len < whole)
		state = memcmp(mark, expected, len) == 0 ? PARTIAL : ALTERED;
	else if (memcmp(mark, expected, whole) == 0 && (len == whole || (len == whole + 1 && mark[whole] == '\n')))
		state = WHOLE;
	free(expected);
	return state;
}

static enum state
look(const char *path, unsigned long *id)
{
	int fd = open(path, O_RDONLY);
	enum state state = PARTIAL;
	struct stat st;

	*id = 0;
	if (fd == -1 && errno == ENOENT)	/* an unfinished mail that the server has taken away */
		return PARTIAL;
	if (fd == -1 || fstat(fd, &st) == -1)
		err(111, "%s", path);
	if (st.st_size > 0) {
		char *text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (text == MAP_FAILED)
			err(111, "%s", path);
		state = compare(text, (size_t)st.st_size, id);
		munmap(text, (size_t)st.st_size);
	}
	close(fd);
	return state;
}

static void
pass(const char *name, int last)
{
	DIR *d = opendir(name);
	struct dirent *entry;
	unsigned long id;
	char path[4096];

	if (d == NULL)
		err(111, "%s", name);
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
		switch (look(path, &id)) {
		case PARTIAL:
			if (last)
				printf("partial %lu %s\n", id, path);
			break;
		case WHOLE:
			printf("stored %lu\n", id);
			unlink(path);
			break;
		case ALTERED:
			if (last)
				printf("altered %lu %s\n", id, path);
			break;
		}
	}
	closedir(d);
}

int
main(int argc, char **argv)
{
	struct pollfd input = { .fd = 0, .events = POLLIN };

	if (argc < 2)
		errx(100, "usage: stored directory ...");
	for (int last = 0; !last; ) {
		last = poll(&input, 1, 300) > 0;
		for (int i = 1; i < argc; i++)
			pass(argv[i], last);
		fflush(stdout);
	}
	return 0;
}
