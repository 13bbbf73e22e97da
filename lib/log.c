/*
 * log: events and messages on descriptor 2. See log.h.
 */
#include "log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *log_program;
enum log_level log_level = LOG_PROBLEM;

int
log_option(int option)
{
	switch (option) {
	case 'q': log_level = LOG_FATAL; return 1;
	case 'Q': log_level = LOG_PROBLEM; return 1;
	case 'v': log_level = LOG_ALL; return 1;
	}
	return 0;
}

int
log_wants(enum log_level level)
{
	return level <= log_level;
}

void
log_begin(struct logfmt *l, const char *event)
{
	logfmt_begin(l, log_program);
	logfmt_add(l, ": ");
	logfmt_add(l, event);
}

/* Where it goes; and whether that may wait, so that room is looked for. */
static int fd = 2, waits = 1;
static unsigned long lost;

void
log_never_wait(void)
{
	struct stat st;
	int own = -1;

	if (fstat(2, &st) != -1 && S_ISFIFO(st.st_mode))
		own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (own != -1)
		fd = own;
	waits = own == -1 && !S_ISREG(st.st_mode);
}

/* POLLOUT alone means that there is room; for a closed or broken pipe poll says more. */
static int
has_room(void)
{
	struct pollfd out = { .fd = fd, .events = POLLOUT };

	return !waits || (poll(&out, 1, 0) == 1 && out.revents == POLLOUT);
}

void
log_end(struct logfmt *l, enum log_level level)
{
	unsigned long n = lost;

	if (!log_wants(level))
		return;
	l->line[l->len++] = '\n';
	if (!has_room() || write(fd, l->line, l->len) == -1) {
		lost++;
	} else if (n > 0) {
		lost = 0;
		log_warning("%lu lines are lost: descriptor 2 had no room", n);
	}
}

/* Messages are sentences, not fields: escaped, but neither quoted nor cut. */
static void
message(enum log_level level, const char *kind, const char *format, va_list ap)
{
	struct logfmt l;
	char text[1024];

	vsnprintf(text, sizeof text, format, ap);	/* first: %m wants errno as it was */
	log_begin(&l, kind);
	logfmt_add(&l, ": ");
	logfmt_escape(&l, text, strlen(text));
	log_end(&l, level);
}

void
log_verror(const char *format, va_list ap)
{
	message(LOG_FATAL, "fatal", format, ap);
}

void
log_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_verror(format, ap);
	va_end(ap);
}

void
log_fatal(int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_verror(format, ap);
	va_end(ap);
	_exit(code);
}

void
log_warning(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message(LOG_PROBLEM, "warning", format, ap);
	va_end(ap);
}

void
log_usage(const char *synopsis)
{
	struct logfmt l;

	log_begin(&l, "usage: ");
	logfmt_add(&l, log_program);
	logfmt_add(&l, " ");
	logfmt_add(&l, synopsis);
	log_end(&l, LOG_FATAL);
}

int
log_checked(int bad)
{
	struct logfmt l;

	if (bad > 0)
		return 100;
	log_begin(&l, "good");
	log_end(&l, LOG_PROBLEM);
	return 0;
}
