/*
 * proxied: reads the header of the PROXY protocol. See proxied.h.
 */
#include "proxied.h"

#include <string.h>

#include "number.h"

/* "PROXY UNKNOWN\r\n", and the longest line of version 1 (2.1). */
enum { V1_MIN = 15, V1_MAX = PROXIED_HEAD };

/* Version 2 (2.2): what comes before the addresses, the lengths of these with
   their ports, and the families that have such. */
enum { SIGNATURE = 12, V2_HEAD = 16, V2_V4 = 12, V2_V6 = 36, TCP4 = 0x11, TCP6 = 0x21 };

/* Fields of a line; the longest IPv6 address is one that ends with an IPv4 address. */
enum { V4_MAX = 15, V6_MAX = 45, PORT_MAX = 5 };

const char proxied_none[] = "no header in time: does the balancer wait for the client to talk first?";

static enum proxied_progress
bad(struct proxied *p, const char *why)
{
	p->why = why;
	return PROXIED_BAD;
}

static enum proxied_progress
more(struct proxied *p, size_t length)
{
	if (p->version == 1 && length > V1_MAX)
		return bad(p, "the line is longer than 107 bytes");
	p->length = length;
	return PROXIED_MORE;
}

/* Whether these bytes are how the text begins. */
static int
begins(const char *bytes, size_t len, const char *text, size_t text_len)
{
	return memcmp(bytes, text, len < text_len ? len : text_len) == 0;
}

/* A line's end, of which the CR is there. */
static enum proxied_progress
line_end(struct proxied *p, const char *line, size_t len, size_t cr)
{
	if (len == cr + 1)
		return more(p, len + 1);
	if (line[cr + 1] != '\n')
		return bad(p, "a CR without LF");
	if (cr + 2 > V1_MAX)
		return bad(p, "the line is longer than 107 bytes");
	p->length = cr + 2;
	return PROXIED_DONE;
}

/* What stands behind UNKNOWN and a space is ignored. */
static enum proxied_progress
unknown_line(struct proxied *p, const char *line, size_t len, size_t at)
{
	p->command = PROXIED_UNKNOWN;
	if (len > at && line[at] != ' ' && line[at] != '\r')
		return bad(p, "neither TCP4, TCP6 nor UNKNOWN");
	while (at < len && at < V1_MAX && line[at] != '\r' && line[at] != '\n')
		at++;
	if (at == len)
		return more(p, len + 2);
	if (at == V1_MAX)
		return bad(p, "the line is longer than 107 bytes");
	if (line[at] == '\n')
		return bad(p, "an LF without CR");
	return line_end(p, line, len, at);
}

/* No heading zeroes: others might take them for octal. */
static int
parse_port(in_port_t *port, const char *text)
{
	int64_t n;

	if ((text[0] == '0' && text[1] != '\0') || !number_parse(text, 0, 65535, &n))
		return 0;
	*port = htons((in_port_t)n);
	return 1;
}

static void
set_port(struct address *a, in_port_t port)
{
	if (a->any.sa_family == AF_INET6)
		a->v6.sin6_port = port;
	else
		a->v4.sin_port = port;
	address_unmap(a);
}

/* The bytes of a field at the beginning of these, such as are allowed in it. */
static size_t
span(const char *bytes, size_t len, const char *allowed)
{
	size_t n = 0;

	while (n < len && bytes[n] != '\0' && strchr(allowed, bytes[n]) != NULL)
		n++;
	return n;
}

/* The two addresses and the two ports of a line, as they come. */
struct fields {
	struct address *ends[2];
	in_port_t ports[2];
};

static int
parse_field(struct fields *f, size_t i, sa_family_t family, const char *bytes, size_t len)
{
	char text[V6_MAX + 1] = "";

	memcpy(text, bytes, len);
	if (i >= 2)
		return parse_port(&f->ports[i - 2], text);
	return address_parse_ip(f->ends[i], text) && f->ends[i]->any.sa_family == family;
}

/* A space is after each of the fields but the last. */
static enum proxied_progress
tcp_line(struct proxied *p, const char *line, size_t len, size_t at, sa_family_t family)
{
	static const char digits[] = "0123456789";
	const char *ip = family == AF_INET ? "0123456789." : "0123456789abcdefABCDEF:.";
	size_t ip_max = family == AF_INET ? V4_MAX : V6_MAX;
	struct fields f = { .ends = { &p->from, &p->to } };

	for (size_t i = 0; i < 4; i++) {
		int is_ip = i < 2;
		size_t n = span(line + at, len - at, is_ip ? ip : digits);
		int fits = n <= (is_ip ? ip_max : PORT_MAX);

		if (fits && at + n == len)	/* what is missing takes at least this */
			return more(p, len + (n == 0) + 2 * (3 - i) + 2);
		if (!fits || !parse_field(&f, i, family, line + at, n))
			return bad(p, is_ip ? "an address is invalid" : "a port is invalid");
		if (line[at + n] != (i < 3 ? ' ' : '\r'))
			return bad(p, i < 3 ? "no space after a field" : "no CR LF after the ports");
		at += n + 1;
	}
	set_port(&p->from, f.ports[0]);
	set_port(&p->to, f.ports[1]);
	return line_end(p, line, len, at - 1);
}

/* "PROXY " and what comes next decide which line it is. */
static enum proxied_progress
read_v1(struct proxied *p, const char *line, size_t len)
{
	static const struct {
		const char *begin;
		size_t len;
	} kinds[] = { { "PROXY TCP4 ", 11 }, { "PROXY TCP6 ", 11 }, { "PROXY UNKNOWN", 13 } };
	size_t kind = 0;

	p->version = 1;
	while (kind < 3 && !begins(line, len, kinds[kind].begin, kinds[kind].len))
		kind++;
	if (kind == 3)
		return bad(p, begins(line, len, "PROXY ", 6) ? "neither TCP4, TCP6 nor UNKNOWN" :
		    "not a PROXY header");
	if (len < kinds[kind].len)
		return more(p, V1_MIN);
	if (kind == 2)
		return unknown_line(p, line, len, 13);
	return tcp_line(p, line, len, 11, kind == 0 ? AF_INET : AF_INET6);
}

static void
set_end(struct address *a, sa_family_t family, const unsigned char *ip, const unsigned char *port)
{
	memset(a, 0, sizeof *a);
	a->any.sa_family = family;
	if (family == AF_INET) {
		a->len = sizeof a->v4;
		memcpy(&a->v4.sin_addr, ip, 4);
		memcpy(&a->v4.sin_port, port, 2);
	} else {
		a->len = sizeof a->v6;
		memcpy(&a->v6.sin6_addr, ip, 16);
		memcpy(&a->v6.sin6_port, port, 2);
		address_unmap(a);
	}
}

/* The command, and the family of the addresses, as far as they have come. Returns what is wrong with
   them, or NULL. */
static const char *
read_kind(struct proxied *p, const unsigned char *h, size_t len)
{
	p->command = PROXIED_UNKNOWN;
	if (len <= 12)
		return NULL;
	if (h[12] >> 4 != 2)
		return "neither version 1 nor 2";
	if ((h[12] & 15) > 1)
		return "neither LOCAL nor PROXY";
	if ((h[12] & 15) == 0)
		p->command = PROXIED_LOCAL;	/* whatever the family */
	else if (len > 13 && (h[13] >> 4 > 3 || (h[13] & 15) > 2))
		return "unknown family or protocol";
	else if (len > 13 && (h[13] == TCP4 || h[13] == TCP6))
		p->command = PROXIED_CLIENT;
	return NULL;
}

/* Behind the addresses may be more (TLVs). It is skipped, whatever the lengths in it say. */
static enum proxied_progress
read_v2(struct proxied *p, const unsigned char *h, size_t len)
{
	size_t rest, need = 0;	/* what the header says comes behind V2_HEAD; the addresses of that */
	const char *why;

	p->version = 2;
	if (!begins((const char *)h, len, "\r\n\r\n\0\r\nQUIT\n", SIGNATURE))
		return bad(p, "not a PROXY header");
	why = read_kind(p, h, len);
	if (why != NULL)
		return bad(p, why);
	if (len < V2_HEAD)
		return more(p, V2_HEAD);
	rest = (size_t)h[14] << 8 | h[15];
	if (p->command == PROXIED_CLIENT)
		need = h[13] == TCP4 ? V2_V4 : V2_V6;
	if (rest < need)
		return bad(p, "the header is too short for its addresses");
	if (len < V2_HEAD + need)
		return more(p, V2_HEAD + need);
	p->length = V2_HEAD + rest;
	if (need == V2_V4) {
		set_end(&p->from, AF_INET, h + 16, h + 24);
		set_end(&p->to, AF_INET, h + 20, h + 26);
	} else if (need == V2_V6) {
		set_end(&p->from, AF_INET6, h + 16, h + 48);
		set_end(&p->to, AF_INET6, h + 32, h + 50);
	}
	return PROXIED_DONE;
}

enum proxied_progress
proxied_read(struct proxied *p, const void *bytes, size_t len)
{
	const char *first = bytes;

	memset(p, 0, sizeof *p);
	if (len == 0)
		return more(p, V1_MIN);
	return *first == '\r' ? read_v2(p, bytes, len) : read_v1(p, bytes, len);
}
