/*
 * sites: which lists are asked. See sites.h.
 */
#include "sites.h"

#include <ctype.h>
#include <string.h>

static const char separators[] = " ,\t\r\n";
enum { KEY_MIN = 16 };

static int
key_length(const char *text)
{
	int n = 0, digits = 0;

	for (; isalnum((unsigned char)text[n]); n++)
		digits += isdigit((unsigned char)text[n]) != 0;
	return n >= KEY_MIN && digits > 0 ? n : 0;
}

int
sites_key(const char *domain)
{
	int n = key_length(domain);

	return domain[n] == '.' || domain[n] == '\0' ? n : 0;
}

const char *
sites_shown(const char *domain)
{
	int key = sites_key(domain);

	if (key == 0)
		return domain;
	return domain[key] == '.' ? domain + key + 1 : "(key)";
}

/* Takes up to so many digits. Returns 1, or 0 where there are none, or the number is above max. */
static int
take_number(const char **s, int max, int *n)
{
	const char *begin = *s;

	for (*n = 0; isdigit((unsigned char)**s) && *s - begin < 5; ++*s)
		*n = *n * 10 + (**s - '0');
	return *s > begin && *n <= max;
}

static int
take_char(const char **s, char c)
{
	if (**s != c)
		return 0;
	++*s;
	return 1;
}

/* "2" or "2..11" */
static int
take_range(const char **s, unsigned char set[32])
{
	int from, to;

	if (!take_number(s, 255, &from))
		return 0;
	to = from;
	if ((*s)[0] == '.' && (*s)[1] == '.') {
		*s += 2;
		if (!take_number(s, 255, &to))
			return 0;
	}
	for (int i = from; i <= to; i++)
		set[i / 8] |= (unsigned char)(1 << i % 8);
	return from <= to;
}

/* "2" or "[2;4..11]" */
static int
take_octet(const char **s, unsigned char set[32])
{
	int n;

	if (take_char(s, '[')) {
		do {
			if (!take_range(s, set))
				return 0;
		} while (take_char(s, ';'));
		return take_char(s, ']');
	}
	if (!take_number(s, 255, &n))
		return 0;
	set[n / 8] |= (unsigned char)(1 << n % 8);
	return 1;
}

static int
take_filter(const char **s, struct site *site)
{
	site->filtered = 1;
	for (int i = 0; i < 4; i++)
		if ((i > 0 && !take_char(s, '.')) || !take_octet(s, site->octets[i]))
			return 0;
	return 1;
}

/* Labels of letters, digits, "-" and "_", with dots between them. */
static int
take_domain(const char **s, struct site *site)
{
	size_t len = 0, label = 0;

	for (; **s == '.' || **s == '-' || **s == '_' || isalnum((unsigned char)**s); ++*s) {
		if (**s == '.' && label == 0)
			return 0;
		label = **s == '.' ? 0 : label + 1;
		if (label > 63 || len == SITES_DOMAIN_MAX)
			return 0;
		site->domain[len++] = (char)tolower((unsigned char)**s);
	}
	return label > 0;
}

/* One entry, up to end. */
static int
parse(struct site *site, const char *s, const char *end)
{
	int sign = 1;

	memset(site, 0, sizeof *site);
	site->weight = 1;
	if (!take_domain(&s, site) || (take_char(&s, '=') && !take_filter(&s, site)))
		return 0;
	if (take_char(&s, '*')) {
		if (take_char(&s, '-'))
			sign = -1;
		if (!take_number(&s, SITES_WEIGHT_MAX, &site->weight))
			return 0;
		site->weight *= sign;
	}
	return s == end;
}

int
sites_parse(struct sites *sites, const char *text, char why[REASON_MAX])
{
	size_t len;

	sites->n = 0;
	for (;; text += len) {
		text += strspn(text, separators);
		len = strcspn(text, separators);
		if (len == 0)
			return 1;
		if (sites->n == SITES_MAX)
			return reason(why, "more than %d lists", SITES_MAX);
		if (!parse(&sites->all[sites->n], text, text + len)) {
			int key = key_length(text);	/* not shown here either */

			return reason(why, "%s%.*s: not domain[=d.d.d.d][*weight]",
			    key > 0 ? "(key)" : "", (int)len - key, text + key);
		}
		sites->n++;
	}
}

int
site_matches(const struct site *site, uint32_t answer)
{
	for (int i = 0; i < 4; i++) {
		unsigned octet = answer >> (24 - 8 * i) & 255;

		if (site->filtered && !(site->octets[i][octet / 8] >> octet % 8 & 1))
			return 0;
	}
	return 1;
}
