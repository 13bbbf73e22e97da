/*
 * etd-status: what backends.cdb says of the backends: a table, JSON, Prometheus's text or
 * a monitoring plugin's line; and such a line of a front; see etd-status(8).
 *
 * Exits 100 for bad usage and 111 for a file that cannot be read, or if nothing can be written; with -n what
 * a plugin does: 0, 1, 2, and 3 in these cases.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "about.h"
#include "address.h"
#include "log.h"
#include "number.h"
#include "show.h"
#include "stdfds.h"

static const char synopsis[] = "[ -jnp ] [ -a seconds ] [ -s counts.cdb ] [ backends.cdb ] | "
    "-n -f host:port [ -P version [ -c client ] ] [ -w seconds ]";

static const char help[] =
	"  -a  with -n and -s: warn if no client has come for this many seconds\n"
	"  -c  with -P: the client's address in that header\n"
	"  -f  with -n: look at this front, as a patient client does\n"
	"  -j  print JSON\n"
	"  -n  print one line for a monitoring system, and exit 0, 1, 2 or 3 as a plugin does\n"
	"  -P  with -f: send a PROXY header of version 1 or 2 first, as a load balancer does\n"
	"  -p  print Prometheus's text format\n"
	"  -s  show what etd-server has counted, too; from this file\n"
	"  -w  seconds to wait for the front's greeting; 30\n";

struct command {
	int form;		/* an option, or t for the table */
	int looks;		/* -f */
	struct front front;
	const char *name;	/* of the front or of the file; NULL: neither */
	const char *counts;	/* -s, or NULL */
	int64_t idle_s;		/* -a; 0: not given */
};

/* Names a value that is bad, and exits. */
static int
check(int good, int option, const char *what)
{
	if (!good)
		log_fatal(100, "-%c %s: not %s", option, optarg, what);
	return 1;
}

/* Returns 0 for bad usage. */
static int
take(struct command *c, int option)
{
	struct address client;

	switch (option) {
	case 'c':
		c->front.client = optarg;
		return check(address_parse_ip(&client, optarg), option, "an address");
	case 'f':
		c->looks = 1;
		c->name = optarg;
		return check(front_parse(&c->front, optarg), option, "host:port");
	case 'P':
		return check(number_parse(optarg, 1, 2, &c->front.proxy), option, "1 or 2");
	case 'a':
		return check(number_parse(optarg, 1, 31536000, &c->idle_s), option,
		    "a whole number of seconds from 1 to 31536000");
	case 's':
		c->counts = optarg;
		return 1;
	case 'w':
		return check(number_seconds(optarg, 1, 600000, &c->front.wait_ms), option,
		    "a number of seconds above 0 up to 600");
	case 'j': case 'n': case 'p':
		if (c->form != 't')
			return 0;
		c->form = option;
		return 1;
	}
	return 0;
}

/* -f and -n go together, and with no file; -w and -P are for them alone, -c for -P, and -a for -n and -s. */
static int
read_command(struct command *c, int argc, char **argv)
{
	int option;

	*c = (struct command){ .form = 't' };
	opterr = 0;
	while ((option = getopt(argc, argv, "+P:a:c:f:jnps:w:")) != -1)
		if (!take(c, option))
			return 0;
	if (c->front.client != NULL && c->front.proxy == 0)
		return 0;
	if (c->looks) {
		if (c->front.wait_ms == 0)
			c->front.wait_ms = FRONT_WAIT_MS;
		return c->form == 'n' && argc == optind && c->counts == NULL && c->idle_s == 0;
	}
	if (c->idle_s > 0 && (c->form != 'n' || c->counts == NULL))
		return 0;
	c->name = argv[optind];
	return c->front.wait_ms == 0 && c->front.proxy == 0 &&
	    (argc == optind + 1 || (argc == optind && c->counts != NULL));
}

static void
show_for_people(const struct command *c, const struct status *status, const struct server *server)
{
	if (status != NULL)
		show_table(status, c->name);
	if (status != NULL && server != NULL)
		putchar('\n');
	if (server != NULL)
		server_table(server, c->counts);
}

static int
show(const struct command *c)
{
	static struct status backends;
	static struct server counted;
	const struct status *status = c->name != NULL ? &backends : NULL;
	const struct server *server = c->counts != NULL ? &counted : NULL;
	char why[REASON_MAX];

	if (c->looks)
		return show_front(&c->front, c->name);
	counted.idle_s = c->idle_s;
	if ((status != NULL && !status_read(&backends, c->name, why)) ||
	    (server != NULL && !server_read(&counted, c->counts, why))) {
		if (c->form == 'n')
			return show_unknown(why);
		log_fatal(111, "%s", why);
	}
	switch (c->form) {
	case 'j':
		show_json(status, server);
		break;
	case 'n':
		return show_plugin(status, server);
	case 'p':
		if (status != NULL)
			show_metrics(status);
		if (server != NULL)
			server_metrics(server);
		break;
	default:
		show_for_people(c, status, server);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct command command;
	int code;

	stdfds_fill();
	log_program = "etd-status";
	if (about(argv, synopsis, help))
		return 0;
	if (!read_command(&command, argc, argv)) {
		log_usage(synopsis);
		return 100;
	}
	signal(SIGPIPE, SIG_IGN);	/* so that this, too, is an error with a code */
	code = show(&command);
	if (fflush(stdout) != EOF && !ferror(stdout))
		return code;
	log_error("unable to write: %m");
	return command.form == 'n' ? SHOW_UNKNOWN : 111;
}
