/*
 * about: the answers to --version and --help, which are for people: on descriptor 1, and not in
 * the form of the log.
 */
#ifndef ABOUT_H
#define ABOUT_H

/* The lines of --help for -q, -Q and -v, for a program that logs connections. */
#define ABOUT_LOG_OPTIONS \
	"  -q  log only fatal errors\n" \
	"  -Q  log refusals and problems too; the default\n" \
	"  -v  log one line for every connection too\n"

/* If the first argument is --version or --help, prints the answer and returns 1: main then returns 0.
   Otherwise returns 0. An argument further on may be the next program's. options is one line for
   each. log_program is set. */
int about(char *const *argv, const char *synopsis, const char *options);

#endif
