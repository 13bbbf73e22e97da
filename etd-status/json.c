/*
 * json: a status as one JSON object (RFC 8259). See show.h.
 */
#include <stdio.h>

#include "show.h"

void
show_string(const char *s)
{
	putchar('"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('"');
}

static void
put_row(const struct row *row)
{
	const struct standing *s = &row->standing;

	printf("{\"name\":");
	show_string(row->name);
	printf(",\"state\":");
	show_string(state_names[s->state]);
	printf(",\"address\":");
	show_string(s->address);
	printf(",\"host\":");
	if (s->host[0] != '\0')
		show_string(s->host);
	else
		printf("null");
	printf(",\"since\":%lld,\"weight\":%lld,\"share\":%.4f,\"passes\":%lld,\"failures\":%lld,\"last\":",
	    (long long)s->since, (long long)s->weight, row->share,
	    (long long)s->passes, (long long)s->failures);
	show_string(s->last);
	printf(",\"pipeconnect\":%s}", s->pipeconnect ? "true" : "false");
}

static void
put_status(const struct status *s)
{
	printf("\"written\":%lld,\"age\":%lld,\"old\":%s,\"up\":%zu,\"disabled\":%zu,\"slots\":%lld,\"backends\":[",
	    (long long)s->written, (long long)s->age, status_is_old(s) ? "true" : "false",
	    s->up, s->disabled, (long long)s->slots);
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0)
			putchar(',');
		printf("\n ");
		put_row(&s->rows[i]);
	}
	printf("%s]", s->n > 0 ? "\n" : "");
}

void
show_json(const struct status *s, const struct server *server)
{
	putchar('{');
	if (s != NULL)
		put_status(s);
	if (server != NULL) {
		printf("%s\"server\":", s != NULL ? ",\n " : "");
		server_json(server);
	}
	puts("}");
}
