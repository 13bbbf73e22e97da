/*
 * field: one value of a logfmt line. See field.h.
 */
#include "field.h"

#include <stdio.h>
#include <string.h>

/* The length of the value that begins here, with its quotes. */
static size_t
length(const char *s)
{
	size_t n = 1;

	if (s[0] != '"')
		return strcspn(s, " ");
	while (s[n] != '\0' && s[n] != '"')
		n += s[n] == '\\' && s[n + 1] != '\0' ? 2 : 1;
	return n + (s[n] == '"');
}

const char *
field_get(const char *line, const char *key, char value[FIELD_SIZE])
{
	size_t len, key_len = strlen(key);

	value[0] = '\0';
	while (*line != '\0') {
		const char *at = line + strcspn(line, "= ");

		len = 0;
		if (*at == '=')
			len = length(++at);
		if (len > 0 && (size_t)(at - line) == key_len + 1 && memcmp(line, key, key_len) == 0) {
			if (*at == '"' && len >= 2) {
				at++;
				len -= 2;
			}
			if (len < FIELD_SIZE)
				snprintf(value, FIELD_SIZE, "%.*s", (int)len, at);
			return value;
		}
		line = at + len;
		line += strspn(line, " ");
	}
	return value;
}
