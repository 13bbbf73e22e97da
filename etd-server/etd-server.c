/*
 * etd-server: tcpserver's place in front of many clients: holds each of them silent in this one
 * process, refuses who speaks first, and starts the next program for the others; see etd-server(8).
 *
 * Descriptor 2 is the log. Settings come from the environment (ETD_*, RELAYCLIENT, RBLSMTPD,
 * DNSCACHEIP) and, for one client, from tcprules' file. Exits 0 after TERM, 100 for bad usage or
 * configuration, 111 for a temporary failure.
 */
#include <stdio.h>
#include <unistd.h>

#include "about.h"
#include "check.h"
#include "front.h"
#include "log.h"
#include "privilege.h"
#include "stdfds.h"

static const char synopsis[] = "[ -1dDhHnpPqQRUvX ] [ -b backlog ] [ -c limit ] [ -g gid ] "
    "[ -l localname ] [ -u uid ] [ -x rules.cdb ] host port program [ arg ... ]";

static const char help[] =
	"  -1  print the port on descriptor 1\n"
	"  -b  how many connections may wait to be accepted; 1024\n"
	"  -c  how many programs run at once; 40\n"
	"  -d, -D  do, or do not, delay small pieces\n"
	"  -g, -u, -U  switch to this group; to this user; to GID and UID\n"
	"  -h, -H  do, or do not, look up names\n"
	"  -l  the name of this host, for TCPLOCALHOST\n"
	"  -n  check the settings and the rules, and exit; the rest may be left out\n"
	"  -p, -P  do, or do not, drop names that do not lead back to the client\n"
	"  -R  ignored: IDENT is never asked\n"
	"  -x  look for each client's rule in this file\n"
	"  -X  run without rules while that file does not exist\n"
	ABOUT_LOG_OPTIONS;

static _Noreturn void
usage(void)
{
	log_usage(synopsis);
	_exit(100);
}

/* Sockets that are there already, or one of its own, whose place in the arguments is skipped then. */
static char *const *
listen_on(struct listen *l, const struct options *o, char why[REASON_MAX])
{
	char *const *rest = o->rest;
	struct settings environment;

	setting_environment(&environment, why);
	if (!listen_inherit(l, &environment, why))
		log_fatal(100, "%s", why);
	if (l->n == 0) {
		if (rest[0] == NULL || rest[1] == NULL)
			usage();
		if (!listen_open(l, rest[0], rest[1], (int)o->backlog, why))
			log_fatal(111, "%s", why);
		rest += 2;
	}
	if (rest[0] == NULL)
		usage();
	if (o->no_delay)
		listen_no_delay(l);
	listen_narrow(l);
	return rest;
}

int
main(int argc, char **argv)
{
	static struct front f;
	static struct options o;
	static char why[REASON_MAX];
	struct settings environment;
	char *const *program;

	stdfds_fill();
	log_program = "etd-server";
	if (about(argv, synopsis, help))
		return 0;
	setting_environment(&environment, why);
	environment.tell = log_error;
	if (!options_read(&o, argc, argv, &environment))
		usage();
	if (o.only_check)
		return check(&o, &environment);
	if (environment.bad > 0)
		return 100;
	program = listen_on(&f.listen, &o, why);
	log_never_wait();
	if (o.print_port) {
		printf("%u\n", listen_port(&f.listen));
		fflush(stdout);
	}
	/* What is left may be etd-connect's, for source=client. */
	if (!account_become(&o.account, why) || !privilege_drop_own(why) ||
	    !front_open(&f, &o, &o.policy, program, why) || !front_run(&f, why))
		log_fatal(111, "%s", why);
	return 0;
}
