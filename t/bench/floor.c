/*
 * floor: the least that a program under tcpserver can do about an early talker: poll,
 * reply, half-close, wait for the client's close, exit. No C library, no settings, no log;
 * what etd-delay costs is measured against it. Linux on x86-64 and arm64.
 */
static long
call(long n, long a, long b, long c)
{
#if defined(__x86_64__)
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c)
	    : "rcx", "r11", "memory");
	return r;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = n, x0 __asm__("x0") = a, x1 __asm__("x1") = b,
	    x2 __asm__("x2") = c, x3 __asm__("x3") = 0, x4 __asm__("x4") = 0;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
	    : "memory");
	return x0;
#endif
}

#if defined(__x86_64__)
enum { SYS_READ = 0, SYS_WRITE = 1, SYS_SHUTDOWN = 48, SYS_EXIT = 60 };
#define WAIT(fd, s) call(7, (long)(fd), 1, (s) * 1000L)			/* poll */
#else
enum { SYS_READ = 63, SYS_WRITE = 64, SYS_SHUTDOWN = 210, SYS_EXIT = 93 };
#define WAIT(fd, s) call(73, (long)(fd), 1, (long)&(long[2]){ (s), 0 })	/* ppoll */
#endif

struct pollfd { int fd; short events, revents; };

void _start(void);

void
_start(void)
{
	static const char reply[] = "554 5.5.1 Refused: you talked before the greeting\r\n";
	struct pollfd in = { 0, 1, 0 };
	char dropped[4096];

	if (WAIT(&in, 300) == 1) {
		call(SYS_WRITE, 1, (long)reply, sizeof reply - 1);
		call(SYS_SHUTDOWN, 1, 1, 0);
		while (call(SYS_READ, 0, (long)dropped, sizeof dropped) > 0)
			;
	}
	call(SYS_EXIT, 0, 0, 0);
	for (;;)
		;
}
