/*
 * giveup: how a program with one client ends before its work is done. See giveup.h.
 */
#include "giveup.h"

#include <string.h>
#include <unistd.h>

#include "about.h"
#include "log.h"
#include "reply.h"

void
giveup_reply(int code, const char *reply)
{
	if (!isatty(1)) {
		reply_last(1, reply, strlen(reply));
		reply_close(0, 1);
	}
	_exit(code);
}

void
giveup(int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_verror(format, ap);
	va_end(ap);
	giveup_reply(code, reply_later);
}

void
giveup_usage(const char *synopsis)
{
	log_usage(synopsis);
	giveup_reply(100, reply_later);
}

int
giveup_options(int argc, char **argv, const char *synopsis, int *only_check)
{
	int option;

	*only_check = 0;
	if (about(argv, synopsis, "  -c  check the settings, and exit\n" ABOUT_LOG_OPTIONS))
		_exit(0);
	opterr = 0;
	while ((option = getopt(argc, argv, "+cqQv")) != -1)	/* +: the rest is another's */
		if (option == 'c')
			*only_check = 1;
		else if (!log_option(option))
			giveup_usage(synopsis);
	return optind;
}
