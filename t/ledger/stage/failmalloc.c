/* failmalloc.c: preloaded into a worker, lets the nth allocation fail, once. The file that
 * MAGPIE_MALLOC_FILE names holds n as eight bytes; all workers map it and count it down, and
 * whoever comes from 1 to 0 gets no memory. 0 and below: nothing fails. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static _Atomic long long *left;

__attribute__((constructor)) static void
map_count(void)
{
	const char *path = getenv("MAGPIE_MALLOC_FILE");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		left = map;
}

static bool
fails(void)
{
	if (left == NULL || atomic_load(left) <= 0 || atomic_fetch_sub(left, 1) != 1)
		return false;
	(void)!write(STDERR_FILENO, "malloc fails\n", 13);
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
