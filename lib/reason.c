/*
 * reason: why something could not be done, in words. See reason.h.
 */
#include "reason.h"

#include <stdarg.h>
#include <stdio.h>

int
reason(char why[REASON_MAX], const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, REASON_MAX, format, ap);
	va_end(ap);
	return 0;
}
