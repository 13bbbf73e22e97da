/*
 * giveup: how a program with one client ends before its work is done. See giveup.h.
 */
#include "giveup.h"

#include <string.h>
#include <unistd.h>

#include "log.h"
#include "reply.h"

static const char later[] = "421 4.3.0 Service not available, try again later\r\n";

void
giveup_reply(int code, const char *reply)
{
	if (!isatty(1)) {
		reply_send(1, reply, strlen(reply));
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
	giveup_reply(code, later);
}

void
giveup_usage(const char *synopsis)
{
	log_usage(synopsis);
	giveup_reply(100, later);
}

int
giveup_options(int argc, char **argv, const char *synopsis)
{
	int option;

	opterr = 0;
	while ((option = getopt(argc, argv, "+qQv")) != -1)	/* +: the rest is another's */
		if (!log_option(option))
			giveup_usage(synopsis);
	return optind;
}
