/*
 * standard: descriptors 0, 1 and 2.
 */
#ifndef STANDARD_H
#define STANDARD_H

/* Opens /dev/null on those that are closed: else a file or a connection would get there,
   and what is meant for the client or the log would go into it. */
void standard_fill(void);

#endif
