/*
 * server: the ways in which etd-status prints what etd-server has counted, on descriptor 1.
 */
#ifndef SERVER_H
#define SERVER_H

#include "counts.h"

/* etd-server writes the file every 10 s. */
enum { SERVER_OLD_S = 60 };

struct server {
	struct counts counts;
	int64_t age;		/* of the file, in seconds; below 0 if it is from the future */
	int64_t idle_s;		/* warn where no client has come for so long; 0: never */
};

/* Reads the file. Returns 1, or 0 with why. */
int server_read(struct server *, const char *path, char why[REASON_MAX]);

int server_is_old(const struct server *);

/* As show.h has them for a status; the JSON is one object. */
void server_table(const struct server *, const char *path);
void server_json(const struct server *);
void server_metrics(const struct server *);

/* A part of a plugin's line: what is the matter, and the performance data. server_problem returns the
   exit code: 0 OK, 1 WARNING, 2 CRITICAL. */
int server_problem(const struct server *);
void server_words(const struct server *);
void server_performance(const struct server *);

#endif
