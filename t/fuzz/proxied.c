/*
 * proxied: what comes first on a connection, as the fuzzer writes it. It comes byte by byte, as
 * from a peer that sends it so: what is said of each beginning must hold in the end, and its first
 * PROXIED_HEAD bytes say all. Ends that were read are written and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "proxied.h"
#include "proxy.h"

static void
write_and_read(const struct proxied *p, int version)
{
	char header[PROXY_MAX];
	size_t len = proxy_header(header, version, &p->from, &p->to);
	struct proxied again;

	if (proxied_read(&again, header, len) != PROXIED_DONE || again.length != len ||
	    again.version != version || again.command != PROXIED_CLIENT ||
	    !address_equal(&again.from, &p->from) || !address_equal(&again.to, &p->to))
		abort();
}

/* From memory of that size: the sanitizer sees what is read behind its end. */
static enum proxied_progress
read_copy(struct proxied *p, const unsigned char *data, size_t len)
{
	unsigned char *copy = malloc(len > 0 ? len : 1);
	enum proxied_progress progress;

	memcpy(copy, data, len);
	progress = proxied_read(p, copy, len);
	free(copy);
	return progress;
}

static int
differ(const struct proxied *a, const struct proxied *b)
{
	return a->length != b->length || a->version != b->version || a->command != b->command ||
	    (a->command == PROXIED_CLIENT &&
	    (!address_equal(&a->from, &b->from) || !address_equal(&a->to, &b->to)));
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	enum proxied_progress progress = PROXIED_MORE;
	size_t least = 0, n;
	struct proxied p, all;

	for (n = 0; n <= size && progress == PROXIED_MORE; n++) {
		progress = read_copy(&p, data, n);
		if (progress == PROXIED_MORE && (p.length <= n || p.length > PROXIED_HEAD))
			abort();
		if (progress == PROXIED_MORE && p.length > least)
			least = p.length;
	}
	n--;
	if (progress == PROXIED_DONE && (n > PROXIED_HEAD || p.length < n || p.length < least ||
	    p.length > (p.version == 1 ? n : PROXIED_MAX)))
		abort();
	if (progress == PROXIED_BAD && p.why == NULL)
		abort();
	if (proxied_read(&all, data, size) != progress || (progress == PROXIED_DONE && differ(&all, &p)))
		abort();
	if (progress == PROXIED_DONE && p.command == PROXIED_CLIENT) {
		write_and_read(&p, 1);
		write_and_read(&p, 2);
	}
	return 0;
}
