/* senders.h: who send. Each has one message under way: the next when all have it, or at a fixed rate when it is due. */
#ifndef BENCH_SENDERS_H
#define BENCH_SENDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "tally.h"
#include "target.h"

struct sending {
	uint32_t open;       /* messages not yet complete, nor given up */
	uint64_t failed;     /* refused */
	uint64_t unanswered; /* nobody knows: without an answer, where a send must not go again */
	uint64_t again;      /* how often one went again, after a 503 or without an answer */
};

extern struct sending sending;

void senders_start(const struct target *target, struct tally *tally);

/* Lets them open a place of their own, where a server wants that; true once all have. */
bool senders_open(void);

/* From now on they send; no new message any more. */
void senders_begin(int64_t now);
void senders_end(void);

/* To be called at the time that it told the last time, at the latest. */
int64_t senders_tick(int64_t now);

/* All readers have this message. */
void senders_complete(uint32_t number);

/* Ends all; what was never answered is so for good. */
void senders_stop(void);

#endif
