/*
 * question: one question to DNS, for a list or for a name.
 *
 * A question that has ended without an answer, because no resolver could be reached or something broke on
 * the way, is asked again while there is time: at first after 250 ms, then less often. What a resolver
 * says is an answer, also that it has failed or refuses; then the other resolvers, if any, are asked once.
 *
 * Everything is asked by UDP. An answer that does not fit into QUESTION_SIZE bytes is read for what it
 * has. c-ares has one TCP connection to each resolver, and takes an error on it for a failure of all
 * questions under way: any client could bring that about, by a name that does not fit.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include "dns.h"
#include "network.h"

enum { QUESTION_SIZE = 1232, QUESTION_NAME = 320 };

/* Questions under way at once. Each has one of 65,536 numbers, and c-ares tries numbers until it finds
   a free one. */
#ifndef QUESTIONS_OF_LISTS
#define QUESTIONS_OF_LISTS 40000
#endif
#ifndef QUESTIONS_OF_NAMES
#define QUESTIONS_OF_NAMES 10000
#endif

enum question_status {
	QUESTION_FOUND,
	QUESTION_NONE,		/* there is no such record */
	QUESTION_FAILED		/* no answer, or none that can be used: nothing is known */
};

/* Is called once, perhaps before question_ask returns. With QUESTION_FOUND, the answer is a DNS message
   with at least one record. */
typedef void question_done(void *arg, enum question_status, const unsigned char *answer, int len);

/* Asks for the records of that type (ns_type). The outcome is there when the dns's timeout is over. Returns
   1, or 0 if memory runs out, or too many of this kind are under way: done is not called then. */
int question_ask(struct dns *, enum dns_kind, const char *name, int type, question_done *, void *arg);

/* Asks again what is due, and gives up what is too late. For dns_run. */
void questions_run(struct dns *);

/* Whether a part of the answer is missing, since it did not fit. */
int question_is_cut(const unsigned char *answer);

/* The name that stands for an address in a domain: for 192.0.2.99 that is 99.2.0.192.DOMAIN, for IPv6 the
   nibbles of the address in the same order. */
void question_name(char name[QUESTION_NAME], const struct network *address, const char *domain);

#endif
