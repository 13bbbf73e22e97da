/*
 * origin: the address that a client of the soak has, or that a PROXY header says it has. It follows from
 * the client's number.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <stddef.h>
#include <stdint.h>

enum origin {
	ONCE,		/* nobody else has that address */
	RETURNING,	/* 127.254.0.14 to 127.254.0.29, again and again */
	ON_LIST		/* the last octet is 13, which no other has */
};
enum { ORIGIN_HEADER = 108 };

/* An address of 127.0.0.0/8, in the host's byte order. */
uint32_t origin_address(unsigned long number, enum origin);

/* Makes a PROXY header of version 1 or, if binary, 2. Returns its length. With v6 the client's address is
   2001:db8:X:X::1, where X:X are the 32 bits of address. */
size_t origin_header(char header[ORIGIN_HEADER], uint32_t address, int v6, int binary);

#endif
