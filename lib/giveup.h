/*
 * giveup: how the main of a program with one client, on descriptors 0 and 1, ends before its
 * work is done. The client is never dropped without a word, nor without a line in the log.
 */
#ifndef GIVEUP_H
#define GIVEUP_H

/* The fatal message, then, unless descriptor 1 is a terminal, "421 4.3.0 ..." so that the
   client tries again later. Exits with code: 100 for bad usage or configuration, 111 for a
   temporary failure. %m is strerror(errno). */
_Noreturn void giveup(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for a usage message, and 100. */
_Noreturn void giveup_usage(const char *synopsis);

/* The same with a reply of its own, CRLF at its end, and no message. */
_Noreturn void giveup_reply(int code, const char *reply);

/* Answers --version and --help, and exits 0. Takes the options -q, -Q and -v, and -c, which sets
   *only_check; any other is giveup_usage. Returns how many arguments that were. */
int giveup_options(int argc, char **argv, const char *synopsis, int *only_check);

#endif
