/* batch.h: messages on their way into PostgreSQL. All that come while a batch
 * is under way go into the next one: one call, one commit, no timer and no added
 * delay. What was committed is pushed from here, whether or not its sender is
 * still there to hear of it. */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"
#include "request.h"
#include "text.h"

struct batch_message {
	const char *contact_type; /* a constant */
	int64_t to;
	struct text msg;
	char client_id[37];
};

struct batch_outcome {
	/* NONE: committed. Else a refusal, or BUSY, and nothing was stored; or DATABASE_DOWN or
	 * INTERNAL: its fate is unknown, and the key settles it. */
	enum problem problem;
	char field[32];        /* of a refusal; "" for none */
	int64_t retry_after_s; /* of SLOW_MODE */
	bool repeated;         /* was committed before, under the same client_id */
	const char *message;   /* the committed message, as JSON, in the request's arena */
	size_t message_len;
};

void batch_open(void);
/* Messages that have no outcome yet. */
size_t batch_waiting(void);

/* Copies the message; the next step finds its outcome in *outcome. STEP_WAIT; or, where 10,000 wait
 * already, STEP_NEXT with BUSY. */
enum step_result batch_add(
    struct request *r, const struct batch_message *m, struct batch_outcome *outcome);

#endif
