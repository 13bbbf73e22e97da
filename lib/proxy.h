/*
 * proxy: the header by which a relay tells a server who the client is: the PROXY
 * protocol, versions 1 and 2, as HAProxy's doc/proxy-protocol.txt has it. It goes
 * first on the connection, in one write.
 */
#ifndef PROXY_H
#define PROXY_H

#include <stddef.h>

#include "address.h"

enum { PROXY_MAX = 108 };

/*
 * For a client at from that connected to to. Where only one of them is IPv4, both are
 * given as IPv6. Both must be known: a server that is told UNKNOWN takes the relay for the
 * client. Returns the header's length.
 */
size_t proxy_header(char header[PROXY_MAX], int version, const struct address *from,
    const struct address *to);

/* For a connection of this host's own, such as a probe: version 2 says LOCAL, and version 1
   names the connection's own ends, since some servers refuse UNKNOWN. */
size_t proxy_local(char header[PROXY_MAX], int version, int fd);

#endif
