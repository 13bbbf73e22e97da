/*
 * smtp: what a backend says, as the fuzzer writes it, cut into fragments by its first
 * byte. The fragments must make no difference.
 */
#include <stdlib.h>
#include <string.h>

#include "smtp.h"

static enum smtp_progress
read_in(struct smtp *s, const char *text, size_t len, size_t fragment, size_t *total)
{
	enum smtp_progress progress = SMTP_MORE;
	size_t used;

	smtp_start(s);
	for (*total = 0; *total < len && progress == SMTP_MORE; *total += used) {
		size_t left = len - *total;

		progress = smtp_feed(s, text + *total, left < fragment ? left : fragment, &used);
		if (used == 0 || used > left)
			abort();
	}
	return progress;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct smtp whole, parts;
	size_t whole_used, parts_used;
	enum smtp_progress progress;

	if (size < 2)
		return 0;
	progress = read_in(&whole, (const char *)data + 1, size - 1, size, &whole_used);
	if (progress != read_in(&parts, (const char *)data + 1, size - 1, data[0] % 16u + 1,
	    &parts_used) || whole_used != parts_used || strcmp(whole.text, parts.text) != 0 ||
	    whole.pipeconnect != parts.pipeconnect)
		abort();
	if (progress == SMTP_DONE && (whole.code < 0 || whole.code > 999))
		abort();
	return 0;
}
