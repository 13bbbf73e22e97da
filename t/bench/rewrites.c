/*
 * rewrites: what it costs checkd to write backends.cdb, for the benchmarks.
 * usage: rewrites backends backends.cdb times
 * Reads the source once, takes all for up, and writes the file so many times. Prints
 * seconds of processor time, user and system, and of the clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "clock.h"
#include "log.h"
#include "store.h"

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct source source;
	struct backends backends;
	struct rusage from, to;
	struct stat written;
	char why[REASON_MAX];
	int64_t begun;

	log_program = "rewrites";
	if (argc != 4) {
		log_usage("backends backends.cdb times");
		return 100;
	}
	if (!source_read(&source, argv[1], 1, log_error))
		return 100;
	if (!backends_make(&backends, &source, 0))
		log_fatal(111, "out of memory");
	for (size_t i = 0; i < backends.n; i++) {
		strcpy(backends.all[i].probe.reason, "250 x");
		for (int passes = 0; passes < 10; passes++)
			backend_result(&backends, &backends.all[i], PROBE_PASS, 0);
	}
	begun = clock_ms();
	getrusage(RUSAGE_SELF, &from);
	for (long times = atol(argv[3]); times > 0; times--)
		if (!store_write(argv[2], &backends, &written, why))
			log_fatal(111, "%s", why);
	getrusage(RUSAGE_SELF, &to);
	printf("%.3f %.3f\n", seconds(to.ru_utime) - seconds(from.ru_utime) +
	    seconds(to.ru_stime) - seconds(from.ru_stime), (double)(clock_ms() - begun) / 1e3);
	backends_free(&backends);
	source_free(&source);
	return 0;
}
