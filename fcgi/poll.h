/* poll.h: the polls that this worker holds. A poll is a small record and its
 * connection: the request was freed when it was parked. It ends with events,
 * empty at its deadline, as replaced by a newer poll of the same queue, with
 * 410 where the queue is gone (401 where the session is), with 503 where Redis is
 * away from the start or too many are held, or with its client. */
#ifndef POLL_H
#define POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bell.h"
#include "queue.h"
#include "request.h"

struct poll_wish {
	char queue[QUEUE_ID_SIZE];
	int64_t after;
	int64_t timeout_s; /* 0: a look, without waiting */
	bool has_revs;     /* compare when the poll ends empty */
	bool idle;         /* nobody is at the tab */
	uint32_t revs;
};

void poll_open(int64_t parked_max);
/* Takes r's connection over and parks: r ends with it (STEP_ANSWERED). */
enum step_result poll_begin(struct request *r, const struct poll_wish *wish);

/* A ring for a queue; and once all that came at once have been told. */
void poll_ring(const struct ring *ring);
void poll_heard(void);
/* Rings may have been lost: all polls look again, spread over 2 s. */
void poll_doubt(void);
/* The worker is to end: answers all of them, spread over a second. */
void poll_drain(void);
size_t poll_count(void);

#endif
