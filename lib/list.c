/*
 * list: reads backends.cdb. See list.h.
 */
#include "list.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "number.h"

static const int64_t most = 999999999999;	/* seconds since 1970 */

const char *
list_key_slot(char key[LIST_KEY_MAX], int64_t slot)
{
	snprintf(key, LIST_KEY_MAX, "%lld", (long long)slot);
	return key;
}

const char *
list_key_standing(char key[LIST_KEY_MAX], const char *name)
{
	snprintf(key, LIST_KEY_MAX, "=%s", name);
	return key;
}

int
list_damaged(const struct list *list, const char *key, char why[REASON_MAX])
{
	return reason(why, "%s: damaged: no good record %s", list->path, key);
}

static int
is_printable(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] < ' ' || s[i] > '~')
			return 0;
	return 1;
}

/* The value under key as a string. */
static enum listed
get(const struct list *list, const char *key, char *value, size_t size, char why[REASON_MAX])
{
	unsigned len;
	int found = cdb_seek(list->fd, key, (unsigned)strlen(key), &len);

	if (found == 0)
		return LISTED_NOT;
	if (found == -1 && errno != EIO) {	/* libcdb's for a file that is too short */
		reason(why, errno == ESPIPE ? "%s: not a regular file" : "unable to read %s: %m",
		    list->path);
		return LISTED_DAMAGED;
	}
	if (found == -1 || len == 0 || len >= size || cdb_bread(list->fd, value, (int)len) == -1 ||
	    !is_printable(value, len)) {
		list_damaged(list, key, why);
		return LISTED_DAMAGED;
	}
	value[len] = '\0';
	return LISTED;
}

/* The same where a file without it is not one of checkd's. */
static int
need(const struct list *list, const char *key, char *value, size_t size, char why[REASON_MAX])
{
	enum listed listed = get(list, key, value, size, why);

	return listed == LISTED || (listed == LISTED_NOT && list_damaged(list, key, why));
}

static int
need_number(const struct list *list, const char *key, int64_t max, int64_t *n,
    char why[REASON_MAX])
{
	char value[24];

	return need(list, key, value, sizeof value, why) &&
	    (number_parse(value, 0, max, n) || list_damaged(list, key, why));
}

int
list_open(struct list *list, const char *path, char why[REASON_MAX])
{
	char version[24];
	int error;

	list->path = path;
	list->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (list->fd == -1) {
		error = errno;
		reason(why, "unable to open %s: %m", path);
		errno = error;
		return 0;
	}
	errno = 0;
	if (!need(list, LIST_KEY_VERSION, version, sizeof version, why))
		return 0;
	if (strcmp(version, LIST_VERSION) != 0)
		return reason(why, "%s: version %s, not " LIST_VERSION, path, version);
	return need_number(list, LIST_KEY_SLOTS, LIST_SLOTS_MAX, &list->slots, why);
}

void
list_close(struct list *list)
{
	if (list->fd != -1)
		close(list->fd);
	list->fd = -1;
}

int
list_written(const struct list *list, int64_t *written, char why[REASON_MAX])
{
	return need_number(list, LIST_KEY_WRITTEN, most, written, why);
}

int
list_record(const struct list *list, int64_t slot, struct record *r, char why[REASON_MAX])
{
	char key[LIST_KEY_MAX], value[RECORD_MAX];

	list_key_slot(key, slot);
	return need(list, key, value, sizeof value, why) &&
	    (record_parse(r, value, strlen(value)) ||
	    reason(why, "%s: damaged: record %s is %s", list->path, key, value));
}

enum listed
list_standing(const struct list *list, const char *name, struct standing *s,
    char why[REASON_MAX])
{
	char key[LIST_KEY_MAX], line[LIST_VALUE_MAX];
	enum listed listed = get(list, list_key_standing(key, name), line, sizeof line, why);

	if (listed == LISTED && !standing_parse(s, line)) {
		list_damaged(list, key, why);
		return LISTED_DAMAGED;
	}
	return listed;
}

/* A cdb begins with where its first hash table is, and that is where its records end; each record
   is the length of its key, that of its value, and both. */
enum { FIRST_RECORD = 2048 };

enum listed
list_next(const struct list *list, uint32_t *at, char name[RECORD_NAME_MAX + 1],
    char why[REASON_MAX])
{
	unsigned char buf[8 + LIST_KEY_MAX];
	uint64_t end, next, key_len;

	if (pread(list->fd, buf, 4, 0) != 4) {
		list_damaged(list, "=", why);
		return LISTED_DAMAGED;
	}
	end = cdb_unpack(buf);
	for (next = *at == 0 ? FIRST_RECORD : *at; next < end;) {
		ssize_t n = pread(list->fd, buf, sizeof buf, (off_t)next);

		if (n < 8)
			break;
		key_len = cdb_unpack(buf);
		next += 8 + key_len + cdb_unpack(buf + 4);
		if (next > end)
			break;
		if (key_len == 0 || n < 9 || buf[8] != '=')
			continue;
		if (key_len >= LIST_KEY_MAX || (uint64_t)n < 8 + key_len)
			break;
		*at = (uint32_t)next;
		memcpy(name, buf + 9, key_len - 1);
		name[key_len - 1] = '\0';
		if (strlen(name) != key_len - 1 || !record_name_is_good(name))
			break;
		return LISTED;
	}
	if (next == end)
		return LISTED_NOT;
	list_damaged(list, "=", why);
	return LISTED_DAMAGED;
}
