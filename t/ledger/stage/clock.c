/* clock.c: preloaded into a server, lets its clock jump. The file that MAGPIE_CLOCK_FILE names holds, as
 * eight bytes, the seconds by which the time of day is wrong. The monotonic clock is never wrong, as on a
 * machine whose clock is set. (libfaketime does more, but no Redis starts with it: jemalloc asks for the
 * time before it is ready.) */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile long long *wrong_by;

__attribute__((constructor)) static void
map_clock(void)
{
	const char *path = getenv("MAGPIE_CLOCK_FILE");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, sizeof *wrong_by, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		wrong_by = map;
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	long failed = syscall(SYS_clock_gettime, clock, t);

	if (failed == 0 && wrong_by != NULL &&
	    (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		t->tv_sec += *wrong_by;
	return (int)failed;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	t->tv_sec = now.tv_sec;
	t->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *t)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	if (t != NULL)
		*t = now.tv_sec;
	return now.tv_sec;
}
