/*
 * checkd: probe the backends with HELO and keep the list of those that are up in
 * a cdb for etd-connect; see checkd(8).
 *
 * Descriptor 2 is the log. Exits 100 for bad usage or a bad source, 111 for
 * a temporary failure; otherwise runs until a signal ends it.
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "log.h"
#include "stdfds.h"
#include "watch.h"

static const char synopsis[] = "[ -coqQv ] backends backends.cdb";

int
main(int argc, char **argv)
{
	static struct watch w;
	int option, only_check = 0, once = 0;

	stdfds_fill();
	log_program = "checkd";
	opterr = 0;
	while ((option = getopt(argc, argv, "+coqQv")) != -1) {
		if (option == 'c')
			only_check = 1;
		else if (option == 'o')
			once = 1;
		else if (!log_option(option)) {
			log_usage(synopsis);
			return 100;
		}
	}
	argc -= optind;
	argv += optind;
	if (argc != 2 && !(only_check && argc == 1)) {
		log_usage(synopsis);
		return 100;
	}
	if (!source_read(&w.source, argv[0], log_error))
		return 100;
	if (only_check) {
		check(&w.source, argv[0]);
		return 0;
	}
	if (strlen(argv[1]) > PATH_MAX - 8)
		log_fatal(100, "%s: path too long", argv[1]);
	w.backends = argv[0];
	if (once)
		return watch_once(&w, argv[1]) ? 0 : 111;
	watch_run(&w, argv[1]);
}
