/*
 * number: strict decimal numbers. No sign, no space, no exponent, nothing after
 * the last digit; what is out of range is no number.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

/* "25". Returns 1 and sets *value, or 0. */
int number_parse(const char *text, int64_t min, int64_t max, int64_t *value);

/* Decimal seconds, "6" or "0.25", in milliseconds; finer than that is rounded up.
   Returns 1 and sets *ms, or 0. */
int number_seconds(const char *text, int64_t min_ms, int64_t max_ms, int64_t *ms);

/* Milliseconds as seconds, such as "6.000"; "-1" for any below 0. The string returned lasts as long
   as text. */
enum { NUMBER_SECONDS_SIZE = 32 };
const char *number_seconds_text(char text[NUMBER_SECONDS_SIZE], int64_t ms);

#endif
