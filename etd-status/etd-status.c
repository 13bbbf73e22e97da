/*
 * etd-status: what backends.cdb says of the backends: a table, JSON, Prometheus's text or
 * a monitoring plugin's line; see etd-status(8).
 *
 * Exits 100 for bad usage and 111 for a file that cannot be read; with -n what a plugin
 * does: 0, 1, 2, and 3 for such a file.
 */
#include <stdio.h>
#include <unistd.h>

#include "about.h"
#include "log.h"
#include "show.h"
#include "stdfds.h"

static const char synopsis[] = "[ -jnp ] backends.cdb";

static const char help[] =
	"  -j  print JSON\n"
	"  -n  print one line for a monitoring system, and exit 0, 1, 2 or 3 as a plugin does\n"
	"  -p  print Prometheus's text format\n";

int
main(int argc, char **argv)
{
	static struct status status;
	char why[REASON_MAX];
	int option, form = 't', code = 0;

	stdfds_fill();
	log_program = "etd-status";
	if (about(argv, synopsis, help))
		return 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+jnp")) != -1) {
		if (option == '?' || form != 't') {
			log_usage(synopsis);
			return 100;
		}
		form = option;
	}
	if (argc != optind + 1) {
		log_usage(synopsis);
		return 100;
	}
	if (!status_read(&status, argv[optind], why)) {
		if (form == 'n')
			return show_unknown(why);
		log_fatal(111, "%s", why);
	}
	switch (form) {
	case 'j': show_json(&status); break;
	case 'n': code = show_plugin(&status); break;
	case 'p': show_metrics(&status); break;
	default: show_table(&status, argv[optind]);
	}
	if (fflush(stdout) == EOF || ferror(stdout))
		log_fatal(111, "unable to write: %m");
	return code;
}
