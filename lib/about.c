/*
 * about: the answers to --version and --help. See about.h.
 */
#include "about.h"

#include <string.h>
#include <unistd.h>

#include "log.h"

static void
put(const char *text)
{
	(void)!write(1, text, strlen(text));
}

int
about(char *const *argv, const char *synopsis, const char *options)
{
	const char *first = argv[0] != NULL ? argv[1] : NULL;

	if (first == NULL)
		return 0;
	if (strcmp(first, "--version") == 0) {
		put(log_program);
		put(" " ETD_VERSION "\n");
		return 1;
	}
	if (strcmp(first, "--help") != 0)
		return 0;
	put("usage: ");
	put(log_program);
	put(" ");
	put(synopsis);
	put("\n");
	put(options);
	put("See ");
	put(log_program);
	put("(8).\n");
	return 1;
}
