/* load.h: a run: the readers open and wait, the senders send, for a while. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "target.h"
#include "usage.h"

struct load_result {
	struct tally tally;
	struct usage empty, full; /* with memory: before the readers came, and when all wait */
	struct usage begin, end;  /* when measuring began and ended, the latter with memory */
	double opening_s;         /* until all readers waited */
	double recovery_s; /* from the strike until all waited at a new place; -1: not in time */
	uint64_t deliveries, sends; /* while it was measured */
	uint64_t lost;
	uint64_t lives, lives_failed;
	uint64_t waiting; /* readers that waited at the end */
};

/* False if the readers did not come to wait in time: what is there is in the result nevertheless. */
bool load_run(const struct target *target, struct load_result *result);

#endif
