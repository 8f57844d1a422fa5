/* poll_end.h: the ends of a poll: each frees it and answers its connection. For poll.c alone. */
#ifndef POLL_END_H
#define POLL_END_H

#include <stddef.h>

#include "json.h"
#include "poll_lot.h"
#include "problem.h"
#include "redis.h"

void poll_end_problem(struct poll *p, enum problem problem);
/* flag: a member that is true, or NULL. */
void poll_end_empty(struct poll *p, const char *flag);
/* With the events that the reply has from this place on. */
void poll_end_with_events(struct poll *p, const struct redis_reply *reply, size_t events_at);

/* Events that came one by one, each as the queue has it (without its "{"): poll_end_with_taken ends with
 * them, poll_end_drop doesn't. */
struct taken {
	struct taken *next;
	struct poll *poll;
	int64_t last; /* the number of the last one */
	struct json json;
};
struct taken *poll_end_new_taken(struct poll *p);
void poll_end_take(struct taken *t, const char *stored, size_t len);
void poll_end_with_taken(struct taken *t);
void poll_end_drop(struct taken *t);

/* These ask PostgreSQL before: whether the session is gone as the queue is, */
void poll_end_gone(struct poll *p);
/* and, where the client said what it has, whether it is behind. */
void poll_end_quiet(struct poll *p);

#endif
