/* outbox.h: what is committed is pushed. Each change writes an outbox row in its
 * transaction; the row goes when the push to every reader has been taken. What
 * a worker leaves behind (it died, or Redis was away) the sweeper of any worker
 * finds and pushes. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "request.h"

void outbox_open(void);
/* Tells PostgreSQL of what was pushed, at once: before the end. */
void outbox_flush(void);

/* Pushes the events of the rows named by an int8[] column of the reply's first
 * row, in the background. */
void outbox_push_reply(const struct db_reply *reply, const char *column);

/* A step before the answer of a change: answers where the function has refused, or pushes the rows of the
 * column "outbox". */
step_fn outbox_take;

/* The last step of a change that has nothing to tell but that it was made: pushes the rows of the
 * column "outbox" and answers 204, or with the problem. */
step_fn outbox_answer;

/* The push of one row that the caller has at hand: begin, one push for each message and reader, end; freed
 * when PostgreSQL has been told of it. An event is a JSON object, copied. */
struct delivery;

struct delivery *delivery_begin(int64_t outbox_id);
void delivery_push(struct delivery *d, int64_t user_id, const char *event, size_t len);
void delivery_end(struct delivery *d);

#endif
