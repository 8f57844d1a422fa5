/* crowd.h: the readers: each opens its place, waits there, takes what comes, and waits again. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "tally.h"
#include "target.h"

struct crowd {
	uint32_t count, polling;
	uint64_t opened, gone, refused, told_to_wait;
};

extern struct crowd crowd;

/* Tells that all readers of a message have it. */
typedef void crowd_complete(uint32_t number);

/* Makes options.readers of them. At most `opening` open at once. */
void crowd_start(
    const struct target *target, struct tally *tally, uint32_t opening, crowd_complete *complete);

/* Lets them begin, and begin again; to be called every few milliseconds. */
void crowd_tick(int64_t now);

/* Are all of them waiting at a place that was opened since then? */
bool crowd_waits(int64_t since);

/* A target tells that a reader got a message; `again`: by a resync, which repeats. */
void crowd_got(const struct reader *r, uint32_t number, bool again);

void crowd_stop(void);

#endif
