/* usage.c: see usage.h. */
#include "usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net.h"

enum { PROCESSES = 65536 };

struct process {
	pid_t pid, parent;
	long own, waited_for; /* clock ticks */
};

int usage_groups;
const char *usage_names[USAGE_GROUPS];

static const char *files[USAGE_GROUPS];
static pid_t roots[USAGE_GROUPS][USAGE_ROOTS];
static struct process processes[PROCESSES];
static int process_count;

bool
usage_add(char *spec)
{
	char *pids = strchr(spec, '='), *rest = NULL;
	int count = 0;

	if (pids == NULL || usage_groups == USAGE_GROUPS)
		return false;
	*pids++ = '\0';
	usage_names[usage_groups] = spec;
	if (*pids == '@') {
		files[usage_groups++] = pids + 1;
		return true;
	}
	for (char *pid = strtok_r(pids, ",", &rest); pid != NULL;
	     pid = strtok_r(NULL, ",", &rest)) {
		if (count == USAGE_ROOTS || strtol(pid, NULL, 10) <= 1)
			return false;
		roots[usage_groups][count++] = (pid_t)strtol(pid, NULL, 10);
	}
	usage_groups++;
	return count > 0;
}

/* /proc/PID/stat; the name in it may have anything, also brackets. */
static bool
read_process(const char *pid, struct process *p)
{
	char path[64], text[1024], *at;
	long user, system, waited_user, waited_system;
	int parent;
	FILE *in;
	size_t len;

	(void)snprintf(path, sizeof path, "/proc/%.16s/stat", pid);
	in = fopen(path, "r");
	if (in == NULL)
		return false;
	len = fread(text, 1, sizeof text - 1, in);
	(void)fclose(in);
	text[len] = '\0';
	at = strrchr(text, ')');
	if (at == NULL ||
	    sscanf(at + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld %ld %ld", &parent,
		&user, &system, &waited_user, &waited_system) != 5)
		return false;
	*p = (struct process){ .pid = (pid_t)strtol(pid, NULL, 10),
		.parent = parent,
		.own = user + system,
		.waited_for = waited_user + waited_system };
	return true;
}

static void
read_processes(void)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;

	process_count = 0;
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL && process_count < PROCESSES) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    read_process(entry->d_name, &processes[process_count]))
			process_count++;
	}
	(void)closedir(dir);
}

/* The ids of those that may have been started again. */
static void
read_files(void)
{
	char text[32];

	for (int group = 0; group < usage_groups; group++) {
		FILE *in = files[group] == NULL ? NULL : fopen(files[group], "r");

		if (in == NULL)
			continue;
		if (fgets(text, sizeof text, in) != NULL)
			roots[group][0] = (pid_t)strtol(text, NULL, 10);
		(void)fclose(in);
	}
}

static pid_t
parent_of(pid_t pid)
{
	for (int i = 0; i < process_count; i++)
		if (processes[i].pid == pid)
			return processes[i].parent;
	return 0;
}

/* The group that a process or one of those above it begins, or -1. */
static int
group_of(pid_t pid)
{
	for (int depth = 0; depth < 5 && pid > 1; depth++, pid = parent_of(pid))
		for (int group = 0; group < usage_groups; group++)
			for (int i = 0; i < USAGE_ROOTS && roots[group][i] != 0; i++)
				if (roots[group][i] == pid)
					return group;
	return -1;
}

static int64_t
pss_of(pid_t pid)
{
	char path[64], line[256];
	long long kib = 0;
	FILE *in;

	(void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	in = fopen(path, "r");
	if (in == NULL)
		return 0;
	while (fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, "Pss:", 4) == 0)
			kib = strtoll(line + 4, NULL, 10);
	(void)fclose(in);
	return kib;
}

static int64_t
us_of(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

void
usage_look_at_memory(struct usage *u)
{
	for (int i = 0; i < process_count; i++) {
		int group = group_of(processes[i].pid);

		if (group >= 0)
			u->pss_kib[group] += pss_of(processes[i].pid);
	}
}

struct usage
usage_look(bool memory)
{
	struct usage u = { .at_us = net_now() };
	int64_t tick_us = 1000000 / sysconf(_SC_CLK_TCK);
	struct rusage own;

	read_files();
	read_processes();
	for (int group = 0; group < usage_groups; group++)
		u.first[group] = roots[group][0];
	for (int i = 0; i < process_count; i++) {
		int group = group_of(processes[i].pid);

		if (group >= 0)
			u.cpu_us[group] += (processes[i].own + processes[i].waited_for) * tick_us;
	}
	if (getrusage(RUSAGE_SELF, &own) == 0)
		u.own_us = us_of(own.ru_utime) + us_of(own.ru_stime);
	if (memory)
		usage_look_at_memory(&u);
	return u;
}

int64_t
usage_cpu_us(const struct usage *begin, const struct usage *end, int group)
{
	bool same = begin->first[group] == end->first[group];

	return end->cpu_us[group] - (same ? begin->cpu_us[group] : 0);
}
