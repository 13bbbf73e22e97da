/*
 * programs: starts the next program for a client. See programs.h.
 */
#include "programs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct program {
	pid_t pid;
	void *whose;
	struct program *next;	/* in its bucket, or of those that are free */
};

static struct program **
bucket(const struct programs *p, pid_t pid)
{
	return &p->buckets[(size_t)pid % p->limit];
}

static int
make_room(struct programs *p)
{
	p->all = calloc(p->limit, sizeof *p->all);
	p->buckets = calloc(p->limit, sizeof *p->buckets);
	if (p->all == NULL || p->buckets == NULL)
		return 0;
	for (size_t i = 0; i < p->limit; i++) {
		p->all[i].next = p->free;
		p->free = &p->all[i];
	}
	return 1;
}

int
programs_open(struct programs *p, char why[REASON_MAX])
{
	if (!make_room(p))
		return reason(why, "unable to run %zu programs: %m", p->limit);
	p->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (p->null == -1 || dup2(p->null, 0) == -1 || dup2(p->null, 1) == -1)
		return reason(why, "unable to open /dev/null: %m");
	sigprocmask(SIG_BLOCK, NULL, &p->mask);
	sigaction(SIGPIPE, NULL, &p->pipe);
	getrlimit(RLIMIT_NOFILE, &p->files);
	return 1;
}

struct start {
	const struct programs *programs;
	char *const *env;
	int error;		/* written by the child: the memory is shared until it is a program */
};

/* In the child, which shares the table of descriptors: the first three are copied, and the others are
   not its any more. To copy them all and to close them at exec costs 80 ns for each client held. */
static int
become(void *arg)
{
	struct start *s = arg;
	const struct programs *p = s->programs;

	if (close_range(3, ~0U, CLOSE_RANGE_UNSHARE) != -1) {
		sigaction(SIGPIPE, &p->pipe, NULL);
		setrlimit(RLIMIT_NOFILE, &p->files);
		sigprocmask(SIG_SETMASK, &p->mask, NULL);
		execvpe(p->argv[0], p->argv, s->env);
	}
	s->error = errno;
	_exit(111);
}

/* Until the child has become the program, this process stands still, as after vfork(2): so it can have
   the client on its own 0 and 1 meanwhile. */
static pid_t
start(struct programs *p, int fd, char *const *env)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct start start = { .programs = p, .env = env };
	pid_t pid = -1;

	if (dup2(fd, 0) != -1 && dup2(fd, 1) != -1)
		pid = clone(become, stack + sizeof stack,
		    CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &start);
	if (pid == -1)
		start.error = errno;
	dup2(p->null, 0);
	dup2(p->null, 1);
	if (start.error == 0)
		return pid;
	if (pid != -1)
		waitpid(pid, NULL, 0);
	errno = start.error;
	return -1;
}

pid_t
programs_start(struct programs *p, int fd, char *const *env, void *whose)
{
	pid_t pid = start(p, fd, env);
	struct program *program = p->free;

	if (pid == -1)
		return -1;
	p->free = program->next;
	*program = (struct program){ .pid = pid, .whose = whose, .next = *bucket(p, pid) };
	*bucket(p, pid) = program;
	p->running++;
	return pid;
}

int
programs_end(struct programs *p, pid_t pid, void **whose)
{
	struct program **at = bucket(p, pid), *program;

	while (*at != NULL && (*at)->pid != pid)
		at = &(*at)->next;
	program = *at;
	if (program == NULL)
		return 0;
	*at = program->next;
	*whose = program->whose;
	program->next = p->free;
	p->free = program;
	p->running--;
	return 1;
}
