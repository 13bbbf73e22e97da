/*
 * text: a file of text, read as a whole into memory.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

#include "reason.h"

struct text {
	char *bytes;		/* NULL if there is none; a NUL byte follows them */
	size_t len;
};

/*
 * Reads the file, which may have TEXT_MAX bytes. With may_wait it need not be a regular file: a pipe
 * is read to its end, however long its writer takes. Without, nothing that the path may lead to
 * makes this wait.
 * Returns 1, or 0 with why and errno: EINVAL for what is no regular file, EFBIG for too many bytes,
 * EAGAIN if the file was changed meanwhile, otherwise the system's. text_free gives the memory back
 * in any case.
 */
enum { TEXT_MAX = 16 * 1024 * 1024 };
int text_read(struct text *, const char *path, int may_wait, char why[REASON_MAX]);
void text_free(struct text *);

#endif
