/*
 * early: what early talkers say, and how.
 */
#ifndef EARLY_H
#define EARLY_H

/* Says one of ten things, as number decides. Returns 0 when it must be called again a little later. */
int early_talk(int fd, unsigned long number);

#endif
