/*
 * rules: what tcprules(1) has written: which clients are denied, and the variables of the others.
 *
 * A file is read whole when it is opened, so that whatever becomes of it afterwards its rules stay
 * as they were. Clients that have got one of them share it.
 */
#ifndef RULES_H
#define RULES_H

#include <sys/stat.h>

#include "reason.h"
#include "setting.h"

struct rules;

enum { RULES_KEY_MAX = 512 };	/* an address or a name, "=", and a NUL */

/* A client's. Without rules, and where none fits, it says nothing: { 0 }. */
struct rule {
	struct rules *rules;	/* which rule_end lets go */
	const char *data;	/* "D", "+NAME=value", each with a NUL behind it */
	unsigned len;
};

/* The file by that name, if it is a new one: path's status is compared with that of *rules, which
   begins as NULL. Where there is no file, and that is allowed, there are no rules. Returns 1, or 0
   with why and *rules as they were. */
int rules_open(struct rules **rules, const char *path, int may_lack, char why[REASON_MAX]);
void rules_close(struct rules **rules);

/*
 * The rule for an address and a name ("": none), in tcpserver's order: the address; =name; the
 * address up to each dot (or colon), from the longest; =.name from each dot on; "=" for any name;
 * the empty one. IPv6 addresses are looked for as ucspi-tcp-ipv6 writes them. Returns 1, or 0 where the file is damaged.
 */
int rules_find(struct rules *, const char *ip, const char *host, struct rule *);
void rule_end(struct rule *);

/* Each rule of the file in turn, and what it is for, cut where it is too long; *at is 0 for the first.
   Returns 1, or 0 after the last one. */
int rules_next(struct rules *, unsigned *at, char key[RULES_KEY_MAX], struct rule *);

int rule_denies(const struct rule *);

/* The variable "NAME=value" after that one, or the first after NULL; NULL where no more comes. */
const char *rule_variable(const struct rule *, const char *after);

/* The value of that variable, or NULL: of two, the last, as if each had been set. */
const char *rule_value(const struct rule *, const char *name);

/* A lookup of the rule's variables over the environment. The rule must last as long. */
void rule_settings(struct settings *, const struct rule *, char why[REASON_MAX]);

#endif
