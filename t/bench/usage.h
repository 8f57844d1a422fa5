/* usage.h: what groups of processes use, from /proc. A group is a process and all that descend from it, with
 * those that ended meanwhile: nginx and its workers, PostgreSQL and its backends. */
#ifndef BENCH_USAGE_H
#define BENCH_USAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { USAGE_GROUPS = 8, USAGE_ROOTS = 32 };

struct usage {
	int64_t at_us;                 /* by net_now() */
	int64_t cpu_us[USAGE_GROUPS];  /* since their beginning, to 10 ms */
	int64_t pss_kib[USAGE_GROUPS]; /* proportional set size; 0 unless asked for */
	pid_t first[USAGE_GROUPS];     /* the process that each begins with */
	int64_t own_us;                /* this process's */
};

extern int usage_groups;
extern const char *usage_names[USAGE_GROUPS];

/* Adds a group, "nginx=12,34" or "nginx=@FILE": a name and the processes that it begins with, or the file that has
 * the id of one, which may be another at each look. False if it isn't one. */
bool usage_add(char *spec);

/* Looks now. Memory only where asked for, or later, as it takes long. */
struct usage usage_look(bool memory);
void usage_look_at_memory(struct usage *u);

/* What a group used between two looks. Where it was started again meanwhile, since then. */
int64_t usage_cpu_us(const struct usage *begin, const struct usage *end, int group);

#endif
