/* pool.h: a few threads beside the loop, for what takes milliseconds of a core.
 * Jobs come in lanes, each bounded by itself. A thread that is free takes from
 * one lane after the other, so that a flood of one kind only waits for itself. */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>

#include "must_use.h"

enum pool_lane { POOL_PASSWORDS, POOL_PICTURES, POOL_LANES };

/* Part of a job's own struct. */
struct pool_job {
	struct pool_job *next;
	enum pool_lane lane;
	void (*work)(struct pool_job *job); /* in a thread */
	void (*done)(struct pool_job *job); /* in the loop, after it */
	void (*end)(
	    struct pool_job *job); /* frees it: after done, or without it where the worker ends */
};

/* The threads; false where not one could be made. Then each lane's most jobs, waiting or at work. */
bool pool_open(int threads) MUST_USE;
void pool_limit(enum pool_lane lane, int most);
void pool_close(void);

/* Ask first whether there is room. done is never called from inside this. */
bool pool_has_room(enum pool_lane lane) MUST_USE;
void pool_add(enum pool_lane lane, struct pool_job *job);

#endif
