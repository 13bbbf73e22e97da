/*
 * checkd: probe the backends with HELO and keep the list of those that are up in
 * a cdb for etd-connect; see checkd(8).
 *
 * Descriptor 2 is the log. Exits 100 for bad usage or a bad source, 111 for
 * a temporary failure; otherwise runs until a signal ends it.
 */
#include <errno.h>
#include <malloc.h>
#include <unistd.h>

#include "about.h"
#include "beside.h"
#include "check.h"
#include "log.h"
#include "privilege.h"
#include "renewal.h"
#include "stdfds.h"
#include "watch.h"

static const char synopsis[] = "[ -coqQv ] backends backends.cdb";

static const char options[] =
	"  -c  check the backends file, and exit; backends.cdb may be left out\n"
	"  -o  probe all backends once, write backends.cdb, and exit\n"
	"  -q  log only fatal errors\n"
	"  -Q  log changes and problems too; the default\n"
	"  -v  log each failed probe too\n";

/* Of the errors that source_read leaves, those that may be gone the next time. */
static int
is_temporary(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE || error == EIO ||
	    error == EAGAIN;
}

int
main(int argc, char **argv)
{
	static struct watch w;
	static struct source source;
	char why[REASON_MAX], longest[PATH_MAX];
	int option, only_check = 0, once = 0;

	stdfds_fill();
#ifdef M_MMAP_THRESHOLD
	/* Otherwise glibc, once a large block was freed, as the source is whenever it has been read,
	   gives no block of that size back to the system. */
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
	log_program = "checkd";
	if (about(argv, synopsis, options))
		return 0;
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
	if (!only_check && !once)
		watch_hold_signals();
	/* It starts no program, and no option of a backend takes a capability. */
	if (!privilege_forbid_new(why) || !privilege_drop_but_files(why))
		log_fatal(111, "%s", why);
	if (argc == 2 && !renewal_suits(argv[1], why))
		log_fatal(100, "%s", why);
	if (!source_read(&source, argv[0], only_check || once, log_error))
		return is_temporary(errno) ? 111 : 100;
	if (only_check) {
		check(&source, argv[0]);
		return 0;
	}
	if (!beside_name(longest, argv[1], BESIDE_NUDGE))
		log_fatal(100, "%s: path too long", argv[1]);
	if (!watch_begin(&w, argv[0], &source, argv[1], why))
		log_fatal(111, "%s", why);
	source_free(&source);
	if (!once)
		watch_run(&w, why);
	else if (watch_once(&w, why))
		return 0;
	if (why[0] != '\0')
		log_error("%s", why);
	return 111;
}
