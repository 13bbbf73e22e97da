/*
 * dial: a connection to a backend, from the address that its record asks for.
 */
#ifndef DIAL_H
#define DIAL_H

#include <stdint.h>

#include "record.h"
#include "wait.h"

/*
 * A non-blocking socket, bound to the record's source; client is the address that source=client
 * stands for. Returns -1 with errno: for source=client EAFNOSUPPORT where the two
 * are of different families, EADDRNOTAVAIL where the client's is not known, EPERM where
 * this process may not use another's address.
 */
int dial_socket(const struct record *, const struct address *client);

enum dial { DIAL_DONE, DIAL_FAILED, DIAL_GONE, DIAL_TALK };

/* Connects it. DIAL_FAILED: errno, ETIMEDOUT where deadline_ms has come. DIAL_GONE and
   DIAL_TALK: what the client did meanwhile, as in wait.h. A client that chooses the backend by
   talking does not end the wait. */
enum dial dial(int fd, const struct address *, struct wait *, int64_t deadline_ms);

#endif
