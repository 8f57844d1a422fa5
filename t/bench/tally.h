/* tally.h: the messages of a run: who should get each, who did, how often, and how late. */
#ifndef BENCH_TALLY_H
#define BENCH_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "hist.h"

enum message_state { MESSAGE_DUE, MESSAGE_ANSWERED, MESSAGE_REFUSED };

/* For the readers first to first + count - 1. */
struct message {
	int64_t due_us; /* when it should have been sent: from then on it is late */
	uint32_t first, count, got;
	uint32_t group; /* 0: to one reader; else the group's number and 1 */
	uint32_t sender;
	uint32_t next; /* of its sender's, behind it; 0: none */
	enum message_state state;
	uint64_t seen;  /* a bit for each reader */
	uint64_t *more; /* the same, where there are over 64; owned */
};

struct tally {
	struct message *messages; /* number 0 isn't used */
	uint32_t count, room;
	uint64_t deliveries, doubled, stray, answered;
	struct hist delivery_us, answer_us;
};

void tally_init(struct tally *t, uint32_t room);
void tally_free(struct tally *t);

/* A new message's number, or 0 where there is no more room. */
uint32_t tally_add(struct tally *t, const struct message *m);

/* A reader has got that message. A second time is a double, unless `again` (a resync gives what it has),
 * one that was for others or never sent a stray. True if all have it now. */
bool tally_got(struct tally *t, uint32_t number, uint32_t reader, bool again, int64_t now);

/* The server has answered its sender. */
void tally_answered(struct tally *t, uint32_t number, bool good, int64_t now);

/* It was handed to a server that doesn't answer: that counts as answered well. */
void tally_posted(struct tally *t, uint32_t number);

bool tally_is_complete(const struct tally *t, uint32_t number);

/* Deliveries still missing of what was answered well. */
uint64_t tally_missing(const struct tally *t);

#endif
