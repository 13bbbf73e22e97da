/*
 * mail: the mail of the soak, made from its number and size alone, so that who has received it
 * knows each byte that was sent.
 */
#ifndef MAIL_H
#define MAIL_H

#include <stddef.h>

/* The mail with that number, of about so many bytes, as it is sent: lines end in CR LF, a line that
   begins with a dot has one more, and its end is a line with a dot alone. Its length goes to *len.
   The caller frees it. Ends the program when there is no memory. */
char *mail_make(unsigned long id, size_t bytes, size_t *len);

/* The same as it is stored: lines end in LF, without the additional dots and the last line. */
char *mail_stored(unsigned long id, size_t bytes, size_t *len);

/* The same as it is sent by BDAT: MAIL_CHUNKS of these commands, each with its chunk behind it. */
enum { MAIL_CHUNKS = 3 };
char *mail_chunks(unsigned long id, size_t bytes, size_t *len);

/* The line that says which mail it is; the others of the header come before it. */
#define MAIL_MARK "X-Soak: "

#endif
