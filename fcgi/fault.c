/* fault.c: see fault.h. */
#include "fault.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file whose passes are counted, and how many there were. */
static struct stat counted;
static long passes;

static bool
is_another(const struct stat *now)
{
	return now->st_ino != counted.st_ino || now->st_mtim.tv_sec != counted.st_mtim.tv_sec ||
	    now->st_mtim.tv_nsec != counted.st_mtim.tv_nsec;
}

/* Is this pass of the point the one that the file asks for? */
static bool
is_due(const char *path, const char *point)
{
	char wanted[64] = "";
	long turn = 0;
	struct stat now;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return false;
	if (fstat(fileno(file), &now) != 0 || fscanf(file, "%63s %ld", wanted, &turn) != 2)
		wanted[0] = '\0';
	(void)fclose(file);
	if (strcmp(wanted, point) != 0)
		return false;
	if (is_another(&now))
		passes = 0;
	counted = now;
	return ++passes >= turn;
}

void
fault_point_after(const char *point, void (*before)(void))
{
	const char *path = getenv("MAGPIE_FAULT_FILE");
	char next[4096];

	/* Whoever takes the file away is the one: of two workers one ends. */
	if (path == NULL || !is_due(path, point))
		return;
	(void)snprintf(next, sizeof(next), "%s.next", path);
	if (rename(next, path) != 0 && unlink(path) != 0)
		return;
	if (before != NULL)
		before();
	(void)kill(getpid(), SIGKILL);
}

void
fault_point(const char *point)
{
	fault_point_after(point, NULL);
}
