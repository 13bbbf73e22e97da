/*
 * metrics: a status in Prometheus's text format. See show.h.
 */
#include <stdio.h>

#include "show.h"

static double
is_up(const struct row *row)
{
	return row->standing.state == STATE_UP;
}

static double
is_disabled(const struct row *row)
{
	return row->standing.state == STATE_DISABLED;
}

static double
weight(const struct row *row)
{
	return (double)row->standing.weight;
}

static double
share(const struct row *row)
{
	return row->share;
}

static double
failures(const struct row *row)
{
	return (double)row->standing.failures;
}

static double
since(const struct row *row)
{
	return (double)row->standing.since;
}

static double
pipeconnect(const struct row *row)
{
	return row->standing.pipeconnect;
}

static const struct metric {
	const char *name, *help;
	double (*value)(const struct row *);
} metrics[] = {
	{ "etd_backend_up", "Whether the backend is up.", is_up },
	{ "etd_backend_disabled", "Whether the backend is out of use.", is_disabled },
	{ "etd_backend_weight", "The weight that the administrator gave.", weight },
	{ "etd_backend_share_ratio", "The share of new connections that go to it.", share },
	{ "etd_backend_failures", "Probes in a row that have failed.", failures },
	{ "etd_backend_changed_timestamp_seconds", "When it went up or down last.", since },
	{ "etd_backend_pipeconnect", "Whether it advertises PIPECONNECT, so that clients talk early.",
	    pipeconnect },
};

void
show_metric(const char *name, const char *type, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void
show_metrics(const struct status *s)
{
	show_metric("etd_written_timestamp_seconds", "gauge", "When checkd wrote the file.");
	printf("etd_written_timestamp_seconds %lld\n", (long long)s->written);
	for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
		show_metric(metrics[m].name, "gauge", metrics[m].help);
		for (size_t i = 0; i < s->n; i++) {
			const struct row *row = &s->rows[i];

			printf("%s{backend=\"%s\",address=", metrics[m].name, row->name);
			show_string(row->standing.address);
			printf("} %.12g\n", metrics[m].value(row));
		}
	}
}
