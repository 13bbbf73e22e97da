/*
 * nudge: tells checkd of a backend that has refused a client.
 */
#ifndef NUDGE_H
#define NUDGE_H

/* Writes the name to the FIFO path.nudge, where checkd listens; never waits. Where there
   is none, the next probe will find out. */
void nudge(const char *path, const char *name);

#endif
