/*
 * privilege: what a process of Linux gives up for good, so that an intruder in it cannot have it:
 * capabilities(7), and the gain of privilege by set-user-id programs and capabilities of files
 * (PR_SET_NO_NEW_PRIVS(2const)). All that it starts later is without them, too.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "reason.h"

/* No program that this process or its children run gains anything by running. Returns 1, or 0
   with why. */
int privilege_forbid_new(char why[REASON_MAX]);

/* All capabilities: permitted, effective, inheritable and ambient. Returns 1, or 0 with why. It is no
   error if the system refuses this to a process that has none, as a filter of system calls may. */
int privilege_drop(char why[REASON_MAX]);

/* The same for a program that uses files: as root it keeps CAP_DAC_OVERRIDE, so that it can still use
   those of other accounts. */
int privilege_drop_but_files(char why[REASON_MAX]);

/* The same for a server, but for those that its programs inherit from it: it cannot use them
   without taking them back first. Root's programs inherit what root has: nothing is dropped. */
int privilege_drop_own(char why[REASON_MAX]);

#endif
