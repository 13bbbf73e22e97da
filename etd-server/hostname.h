/*
 * hostname: which of the names that DNS knows are names of hosts. They come from strangers, and go to
 * logs, rules and the environment.
 */
#ifndef HOSTNAME_H
#define HOSTNAME_H

enum { HOSTNAME_MAX = 255 };	/* bytes */

/* A copy of name in lower case, as tcpserver has it, without a dot at its end; the caller frees it.
   NULL where it is no host name: that is letters, digits, "-" and "_", in labels between dots, the
   last of which is no number, since that would be an address. NULL also where memory runs out. */
char *hostname_copy(const char *name);

#endif
