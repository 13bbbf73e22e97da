/*
 * stdfds: descriptors 0, 1 and 2.
 */
#ifndef STDFDS_H
#define STDFDS_H

/* Opens /dev/null on those that are closed: otherwise a file or a connection would be opened there,
   and what is meant for the client or the log would go into it. */
void stdfds_fill(void);

#endif
