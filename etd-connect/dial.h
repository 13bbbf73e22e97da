/*
 * dial: a connection to a backend, from the address that its record asks for.
 */
#ifndef DIAL_H
#define DIAL_H

#include <stdint.h>

#include "record.h"

/*
 * A non-blocking socket, bound to the record's source; client is whose address
 * source=client means. Returns -1 with errno: for source=client EAFNOSUPPORT where the two
 * are of different families, EADDRNOTAVAIL where the client's is not known, EPERM where
 * this process may not use another's address.
 */
int dial_socket(const struct record *, const struct address *client);

enum dial { DIAL_DONE, DIAL_FAILED, DIAL_GONE };

/* Connects it. DIAL_FAILED: errno, ETIMEDOUT after timeout_ms. DIAL_GONE: the client has
   hung up meanwhile. */
enum dial dial(int fd, const struct address *, int64_t timeout_ms);

#endif
