/*
 * passed: the clients that have passed, by network, until when they are not held again. At most
 * PASSED_MAX of them, the oldest out first.
 *
 * They are in memory, and written to a file now and then by a process of its own: a cdb, "192.0.2.1" ->
 * unix seconds, the oldest first. Files of other servers are looked into besides.
 */
#ifndef PASSED_H
#define PASSED_H

#include <stdint.h>
#include <sys/types.h>

#include "reason.h"
#include "snapshot.h"
#include "table.h"

#ifndef PASSED_MAX
#define PASSED_MAX 200000
#endif
#ifndef PASSED_EVERY_MS
#define PASSED_EVERY_MS 60000
#endif
enum { PASSED_OTHERS = 8 };

/* Another server's file. */
struct passed_file {
	char *path;
	int there;
	struct snapshot file;
};

struct passed {
	char *path;		/* its own file; NULL: nothing is remembered */
	int64_t longest_s;	/* for which a client of that file is remembered at the start */
	struct table table;
	int changed;		/* since it was written */
	pid_t writer;		/* while that is done; 0: none */
	int words;		/* the end of a pipe, from the writer: why it failed */
	struct passed_file others[PASSED_OTHERS];
	int n;			/* of them */
	int64_t looked_ms;	/* for newer ones */
};

/*
 * A file may say more than is possible, if a clock was wrong when it was written. Each of these functions
 * is told for how many seconds a client is remembered: by the environment for passed_open, and then by the
 * client's own rule. Nothing beyond that is believed.
 */

/* Returns 1 if paths, the value of ETD_PASSED, names its own file and no more than PASSED_OTHERS of other
   servers, with spaces between them; or 0 with why. */
int passed_paths_good(const char *paths, char why[REASON_MAX]);

/* Reads its own file, the first of paths, which are good. If that is damaged, why names it, and nobody is
   remembered. Returns 1, or 0 with why; path is NULL then if there was no memory. */
int passed_open(struct passed *, const char *paths, int64_t seconds, char why[REASON_MAX]);

/* Finds the next file of another server, from *at on, which is 0 at first, that cannot be read now. Returns 1
   with why, or 0 if all others can be read. */
int passed_next_unread(const struct passed *, int *at, char why[REASON_MAX]);

/* Returns whether it need not be held. */
int passed_has(struct passed *, const struct network *, int64_t seconds, int64_t now_ms);

/* Remembers that it has passed. */
void passed_add(struct passed *, const struct network *, int64_t seconds);

/* Forgets that, for so long whatever another file says. */
void passed_forget(struct passed *, const struct network *, int64_t seconds, int64_t now_ms);

/* Begins to write the file, if anything has changed: a child does it, since a disk may take its time.
   When the child has ended passed_written takes its status. Both return 1, or 0 with why. */
int passed_write(struct passed *, char why[REASON_MAX]);
int passed_written(struct passed *, int status, char why[REASON_MAX]);

/* Writes it at once, before the end. Returns 1, or 0 with why. */
int passed_end(struct passed *, char why[REASON_MAX]);

#endif
