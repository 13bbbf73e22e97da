/*
 * origin: see origin.h.
 */
#include "origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { ONCE_A_NET = 250, NETS = 0xfd00, COMING_BACK = 16, LISTED_OCTET = 13, PORT = 4711 };

/* 127.1.0.0 and up, so that none is 127.0.0.1. */
uint32_t
origin_address(unsigned long number, enum origin origin)
{
	uint32_t octet = (uint32_t)(number % ONCE_A_NET);

	if (origin == RETURNING)
		return 0x7ffe0000 + LISTED_OCTET + 1 + (uint32_t)(number / 4 % COMING_BACK);
	if (origin == ON_LIST)
		return 0x7f010000 + ((uint32_t)(number / 64 % NETS) << 8) + LISTED_OCTET;
	return 0x7f010000 + ((uint32_t)(number / ONCE_A_NET % NETS) << 8) + octet + (octet >= LISTED_OCTET);
}

static size_t
text_header(char *header, const void *from, const void *to, int v6)
{
	char from_text[INET6_ADDRSTRLEN], to_text[INET6_ADDRSTRLEN];
	int family = v6 ? AF_INET6 : AF_INET;

	inet_ntop(family, from, from_text, sizeof from_text);
	inet_ntop(family, to, to_text, sizeof to_text);
	return (size_t)snprintf(header, ORIGIN_HEADER, "PROXY TCP%d %s %s %d 25\r\n", v6 ? 6 : 4, from_text, to_text,
	    PORT);
}

static size_t
binary_header(char *header, const void *from, const void *to, int v6)
{
	static const unsigned char signature[] = "\r\n\r\n\0\r\nQUIT\n";
	size_t size = v6 ? 16 : 4;
	uint16_t ports[] = { htons(PORT), htons(25) };
	char *p = header;

	p = mempcpy(p, signature, sizeof signature - 1);
	*p++ = 0x21;
	*p++ = v6 ? 0x21 : 0x11;
	*p++ = 0;
	*p++ = (char)(2 * size + sizeof ports);
	p = mempcpy(p, from, size);
	p = mempcpy(p, to, size);
	p = mempcpy(p, ports, sizeof ports);
	return (size_t)(p - header);
}

size_t
origin_header(char header[ORIGIN_HEADER], uint32_t address, int v6, int binary)
{
	struct in_addr from4 = { htonl(address) }, to4 = { htonl(0x7f000002) };
	struct in6_addr from6 = { { { 0x20, 0x01, 0x0d, 0xb8 } } }, to6 = from6;
	const void *from = v6 ? (void *)&from6 : &from4, *to = v6 ? (void *)&to6 : &to4;

	memcpy(&from6.s6_addr[4], &from4, 4);
	from6.s6_addr[15] = 1;
	to6.s6_addr[15] = 2;
	return binary ? binary_header(header, from, to, v6) : text_header(header, from, to, v6);
}
