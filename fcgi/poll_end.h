/* poll_end.h: the ends of a poll: each frees it and answers its connection. For poll.c alone. */
#ifndef POLL_END_H
#define POLL_END_H

#include <stddef.h>

#include "poll_lot.h"
#include "problem.h"
#include "redis.h"

void poll_end_problem(struct poll *p, enum problem problem);
/* flag: a member that is true, or NULL. */
void poll_end_empty(struct poll *p, const char *flag);
/* With the events that the reply has from this place on. */
void poll_end_with_events(struct poll *p, const struct redis_reply *reply, size_t events_at);

/* These ask PostgreSQL before: whether the session is gone as the queue is, */
void poll_end_gone(struct poll *p);
/* and, where the client said what it has, whether it is behind. */
void poll_end_quiet(struct poll *p);

#endif
